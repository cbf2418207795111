import { describe, expect, it } from 'vitest';
import { pruneMagnitude } from '../../../../../lib/compress/prune/magnitude.ts';
import { kMeansQuantize } from '../../../../../lib/compress/quantize/codebook/k-means-quantize.ts';
import { compressionTable, compressWeights, decompressWeights } from '../../../../../lib/compress/quantize/entropy/compress-weights.ts';
import { encodedBits, huffmanCode } from '../../../../../lib/compress/quantize/entropy/huffman.ts';
import { modelSize } from '../../../../../lib/measure/model-size.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Model, type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { relativeIndex } from '../../../../../lib/sparse/eie.ts';
import { array } from '../../../../../lib/tensor/array.ts';

const dense = vgg({ widths: [8, 16], seed: 3 });
const pruned = pruneMagnitude(dense, { sparsity: 0.85 });
const shared = kMeansQuantize(pruned, { bits: 4 });
const reals = (model: Model): object => Object.fromEntries(Object.entries(model.parameters).map(([name, p]) => [name, realValue(p).data]));
const masks = (model: Model): object => Object.fromEntries(Object.entries(model.parameters).map(([name, p]) => [name, p.mask?.data]));

describe('weights as bytes', () => {
  const models = {
    dense,
    pruned,
    shared,
    'one bit': kMeansQuantize(dense, { bits: 1 }),
    'twelve bits': kMeansQuantize(pruned, { bits: 12 }),
  };
  for (const [name, model] of Object.entries(models))
    for (const coding of ['fixed', 'huffman'] as const)
      for (const indexBits of [undefined, 1, 2, 8])
        it(`come back, ${name}, ${coding}, runs of ${indexBits ?? 'usual'} bits`, () => {
          const { bytes, parts } = compressWeights(model, { coding, indexBits });
          const again = decompressWeights(bytes, model);
          expect(reals(again)).toEqual(reals(model));
          expect(masks(again)).toEqual(masks(model));
          expect(Object.values(parts).reduce((a, b) => a + b, 0)).toBe(bytes.length);
        });

  it('are as many as the counts of the symbols say', () => {
    const model = withParameters(mlp({ input: [40], hidden: [], classes: 30, seed: 1 }), {});
    const sparse = kMeansQuantize(pruneMagnitude(model, { sparsity: 0.9 }), { bits: 3 });
    const weight = sparse.parameters['dense-1.kernel'] as Parameter;
    const { runs } = relativeIndex(realValue(weight).data, { indexBits: 5 });
    const counts = new Int32Array(32);
    for (const run of runs) counts[run] = (counts[run] ?? 0) + 1;
    const { parts } = compressWeights(sparse);
    expect(parts.indices).toBe(Math.ceil(encodedBits(huffmanCode(counts), counts) / 8));
    expect(parts.codebook).toBe(8 * 4);
    expect(parts.tables).toBe(Math.ceil((8 * 6) / 8) + Math.ceil((32 * 6) / 8));
    expect(parts.header).toBe(2 * 20);
    const fixed = compressWeights(sparse, { coding: 'fixed' });
    expect(fixed.parts.indices).toBe(Math.ceil((runs.length * 5) / 8));
    // the bias is float32 among the values
    expect(fixed.parts.values).toBe(Math.ceil((runs.length * 3) / 8) + 30 * 4);
  });

  it('are refused when they are cut short, too long, or of another model', () => {
    const { bytes } = compressWeights(shared);
    for (const length of [0, 1, 19, 20, 21, 500, bytes.length - 1])
      expect(() => decompressWeights(bytes.slice(0, length), shared)).toThrow();
    expect(() => decompressWeights(Uint8Array.of(...bytes, 0), shared)).toThrow(/1 bytes are left/);
    expect(() => decompressWeights(bytes, mlp({ input: [4], hidden: [8], classes: 2 }))).toThrow(/quantize|bytes/);
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      try {
        decompressWeights(changed, shared);
      } catch (error) {
        expect(error).toMatchObject({ name: 'LabError' });
      }
    }
  });

  it('need an entry for what is pruned', () => {
    const before = kMeansQuantize(mlp({ input: [9], hidden: [], classes: 3, seed: 1 }), { bits: 2 });
    const mask = array([9, 3], [...Array.from({ length: 26 }, () => 1), 0], 'uint8');
    expect(() => compressWeights(withParameters(before, { 'dense-1.kernel': { mask } }))).toThrow(/no entry of its code book is 0/);
  });
});

describe('Deep Compression', () => {
  it('gets smaller with every stage', () => {
    const table = compressionTable({ dense, pruned, shared });
    expect(table.map(({ stage }) => stage)).toEqual(['dense', 'pruned', 'weights shared', 'Huffman']);
    const bytes = table.map(row => row.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
    expect(table[0]?.bytes).toBe(modelSize(dense) + 20 * Object.keys(dense.parameters).length);
    for (const { ratio, bytes: own } of table) expect(ratio).toBe((bytes[0] as number) / own);
    // the last stage loses nothing
    expect(decompressWeights(compressWeights(shared).bytes, shared)).toBeDefined();
  });
});
