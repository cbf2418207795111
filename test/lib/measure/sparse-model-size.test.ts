import { describe, expect, it } from 'vitest';
import { nm } from '../../../lib/compress/prune/granularity/n-m.ts';
import { pruneMagnitude } from '../../../lib/compress/prune/magnitude.ts';
import { modelSize } from '../../../lib/measure/model-size.ts';
import { sparseModelSize } from '../../../lib/measure/sparse-model-size.ts';
import { network } from '../../../lib/model/build.ts';
import { withParameters } from '../../../lib/model/model.ts';
import { affine } from '../../../lib/model/quantization/affine.ts';
import { codebook } from '../../../lib/model/quantization/codebook.ts';
import { blockedEll } from '../../../lib/sparse/blocked-ell.ts';
import { csr } from '../../../lib/sparse/csr.ts';
import { eie, relativeIndexed } from '../../../lib/sparse/eie.ts';
import { packedNm } from '../../../lib/sparse/n-m.ts';
import { array, zeros } from '../../../lib/tensor/array.ts';

/** One dense layer with a bias: 64 · 32 weights. */
const model = network('one layer', [64], { seed: 3 }).dense(32).model();

describe('sparse model size', () => {
  it('is the dense size for a dense model, whatever the format', () => {
    for (const format of [csr, eie, blockedEll(4), packedNm({ n: 2, m: 4 })]) expect(sparseModelSize(model, format)).toBe(modelSize(model));
  });

  it('counts values, indices and pointers, and the bias densely', () => {
    const sparse = pruneMagnitude(model, { sparsity: 0.75 });
    const kept = (64 * 32) / 4;
    expect(sparseModelSize(sparse, csr)).toBe(kept * 4 + (kept + 33) * 4 + 32 * 4);
    const exact = sparseModelSize(sparse, relativeIndexed(8)); // no run is longer than 32: no fillers
    expect(exact).toBe(kept * 4 + kept + 65 * 4 + 32 * 4);
    expect(exact).toBeGreaterThan(modelSize(model) / 4);
  });

  it('2:4 halves the values and adds two bits each', () => {
    const sparse = pruneMagnitude(model, { sparsity: 0.5, granularity: nm({ n: 2, m: 4 }) });
    expect(sparseModelSize(sparse, packedNm({ n: 2, m: 4 }))).toBe((1024 * 34) / 8 + 32 * 4);
  });

  it('takes the bits of a quantized weight, and its scales', () => {
    const [name] = Object.keys(model.parameters).filter(parameter => model.parameters[parameter]?.value.shape.length === 2);
    const data = new Int8Array(64 * 32).fill(0).fill(5, 0, 100);
    const quantization = affine({ shape: [64, 32], bits: 8, scale: [0.5], zeroPoint: [0] });
    const quantized = withParameters(model, { [name as string]: { value: array([64, 32], data, 'int8'), quantization } });
    expect(sparseModelSize(quantized, csr)).toBe(100 + (100 + 33) * 4 + 8 + 32 * 4);
  });

  it('keeps vectors dense: one index stands for several weights', () => {
    const quantization = codebook({ shape: [64, 32], bits: 4, entries: zeros([16, 4]), vector: { axis: 0, length: 4 } });
    const quantized = withParameters(model, { 'dense-1.kernel': { value: zeros([16, 32], 'uint8'), quantization } });
    expect(modelSize(quantized)).toBe((16 * 32 * 4 + 16 * 4 * 32) / 8 + 32 * 4);
    expect(sparseModelSize(quantized, csr)).toBe(modelSize(quantized));
  });
});
