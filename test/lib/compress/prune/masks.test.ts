import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pruneMagnitude } from '../../../../lib/compress/prune/magnitude.ts';
import { applyMasks, masksOf } from '../../../../lib/compress/prune/masks.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { withParameters } from '../../../../lib/model/model.ts';
import { affine } from '../../../../lib/model/quantization/affine.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { loadModel, saveModel } from '../../../../lib/model/save.ts';
import { array, type NDArray } from '../../../../lib/tensor/array.ts';
import { integers, normal, random } from '../../../../lib/tensor/random.ts';
import { fit } from '../../../../lib/train/fit.ts';
import type { OptimizerName } from '../../../../lib/train/optimizers.ts';
import { unchanged } from '../../unchanged.ts';

const model = mlp({ input: [5], hidden: [6], classes: 3, seed: 4 });
const data = { inputs: normal(random(1), [60, 5]), targets: integers(random(2), [60], { low: 0, high: 2 }) };
const kernel = 'dense-1.kernel';
const zeros = ({ data }: NDArray): number => [...data].filter(w => w === 0).length;
const binary = fc.array(fc.constantFrom(0, 1), { minLength: 30, maxLength: 30 }).map(bits => array([5, 6], bits, 'uint8'));

describe('applyMasks', () => {
  it('makes masked weights +0 and leaves the others, and masks add up in any order', () => {
    fc.assert(
      fc.property(binary, binary, (a, b) => {
        const once = unchanged(model, () => applyMasks(model, { [kernel]: a }));
        const both = applyMasks(once, { [kernel]: b });
        expect(both).toEqual(applyMasks(applyMasks(model, { [kernel]: b }), { [kernel]: a }));
        expect(applyMasks(both, masksOf(both))).toEqual(both);
        const expected = Float32Array.from(model.parameters[kernel]?.value.data ?? [], (w, i) => (a.data[i] && b.data[i] ? w : 0));
        expect(both.parameters[kernel]?.value.data).toEqual(expected);
        expect(both.parameters['dense-2.kernel']).toBe(model.parameters['dense-2.kernel']);
      }),
    );
  });

  it('takes masks of other element types', () => {
    const ones = Array.from({ length: 30 }, (_, i) => i % 2);
    const expected = applyMasks(model, { [kernel]: array([5, 6], ones, 'uint8') });
    for (const dtype of ['bool', 'float32', 'int32'] as const)
      expect(applyMasks(model, { [kernel]: array([5, 6], ones, dtype) })).toEqual(expected);
  });

  it.each([
    ['nowhere', array([5, 6], new Uint8Array(30), 'uint8'), 'prune/parameter'],
    [kernel, array([6, 5], new Uint8Array(30), 'uint8'), 'shape/mismatch'],
    [kernel, array([5, 6], new Uint8Array(30).fill(2), 'uint8'), 'prune/mask'],
    [kernel, array([5, 6], new Float32Array(30).fill(0.5)), 'prune/mask'],
  ])('refuses a mask of %s that does not fit', (name, mask, code) => {
    expect(() => applyMasks(model, { [name]: mask })).toThrow(expect.objectContaining({ code }));
  });
});

describe('masks survive', () => {
  const pruned = pruneMagnitude(model, { sparsity: 0.7 });

  it.each(['sgd', 'nesterov', 'adamW'] satisfies OptimizerName[])('training with %s', async optimizer => {
    const trained = await fit(pruned, data, { epochs: 4, batchSize: 16, optimizer, weightDecay: 0.01 });
    expect(masksOf(trained)).toEqual(masksOf(pruned));
    for (const [name, mask] of Object.entries(masksOf(trained))) {
      const weights = trained.parameters[name]?.value.data ?? [];
      expect([...weights].every((w, i) => mask.data[i] === 1 || w === 0)).toBe(true);
      expect(weights).not.toEqual(pruned.parameters[name]?.value.data);
    }
  });

  it('saving and loading', () => {
    const folder = mkdtempSync(join(tmpdir(), 'prune-'));
    try {
      saveModel(pruned, join(folder, 'model'));
      expect(loadModel(join(folder, 'model'))).toEqual(pruned);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('quantization, where pruned weights stand for 0 even when their integer does not', () => {
    const quantization = affine({ shape: [5, 6], bits: 8, scale: [0.5], zeroPoint: [3] });
    const stored = array([5, 6], new Int8Array(30).fill(7), 'int8');
    const quantized = withParameters(pruned, { [kernel]: { value: stored, quantization } });
    expect(masksOf(quantized)).toEqual(masksOf(pruned));
    const mask = masksOf(pruned)[kernel] as NDArray;
    expect([...realValue(quantized.parameters[kernel] as never).data]).toEqual([...mask.data].map(kept => 2 * kept));
    const further = pruneMagnitude(quantized, { sparsity: 0.9, parameters: [kernel] });
    expect(further.parameters[kernel]?.quantization).toBe(quantization);
    expect(zeros(realValue(further.parameters[kernel] as never))).toBe(27);
  });
});
