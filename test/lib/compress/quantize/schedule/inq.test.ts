import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestPower, powerRange, quantizeIncrementally } from '../../../../../lib/compress/quantize/schedule/inq.ts';
import { type Model, withParameters } from '../../../../../lib/model/model.ts';
import { weightNames, weightValue } from '../../../../../lib/model/weights.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { guardAgainstLeaks } from '../../../tensor/leak-guard.ts';
import { lossOf } from '../../prune/loss-of.ts';
import { quadrants, start } from '../../quadrants.ts';

guardAgainstLeaks();

const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });
const name = 'dense-1.kernel';
const options = { epochs: 2, batchSize: 40, learningRate: 0.1, weightDecay: 1e-3 };
const isPower = (w: number): boolean => w === 0 || Number.isInteger(Math.log2(Math.abs(w)));

describe('powers of two', () => {
  it('span what the bits hold: 16 of them and 0 in 5 bits', () => {
    expect(powerRange(array([2], [0.9, -0.1]), 5)).toEqual({ high: 0, low: -7 });
    // 4/3 · 0.75 is 1 exactly, and log₂ of it 0
    expect(powerRange(array([1], [-0.75]), 3).high).toBe(0);
    expect(powerRange(array([1], [0.7499]), 3).high).toBe(-1);
    expect(powerRange(array([2], [0, 0]), 3)).toEqual({ high: 0, low: -1 });
  });

  it('stand for the weights between their middles, by equation 4', () => {
    const range = { high: 1, low: -2 };
    const powers = [0, 0.25, 0.5, 1, 2];
    fc.assert(
      fc.property(fc.double({ min: -2.99, max: 2.99, noNaN: true }), w => {
        const size = Math.abs(w);
        const expected = powers.find((beta, i) => i > 0 && size >= ((powers[i - 1] as number) + beta) / 2 && size < (3 * beta) / 2) ?? 0;
        // the smallest power also takes what lies under its 3/4, from half of it on
        expect(Math.abs(nearestPower(w, range))).toBe(expected);
      }),
    );
    expect([0, -0, 0.124, 0.125, -0.37, 0.375, 3].map(w => nearestPower(w, range))).toEqual([0, 0, 0, 0.25, -0.25, 0.5, 2]);
  });
});

describe('incremental quantization', () => {
  it('freezes ever more weights at exact powers of two, the largest first, and all at the end', async () => {
    const model = start(1);
    const after: Model[] = [];
    const shares: number[] = [];
    const done = await quantizeIncrementally(model, quadrants, {
      ...options,
      bits: 4,
      onPortion(share, now) {
        shares.push(share);
        after.push(now);
      },
    });
    expect(shares).toEqual([0.5, 0.75, 0.875, 1]);
    for (const [i, share] of shares.entries()) {
      const now = [...weightValue(after[i] as Model, name).data];
      expect(now.filter(isPower).length).toBeGreaterThanOrEqual(share * 320);
      for (const later of [...after.slice(i + 1), done]) {
        const then = weightValue(later, name).data;
        expect(now.filter((w, j) => isPower(w) && then[j] === w).length).toBeGreaterThanOrEqual(share * 320);
      }
    }
    const first = [...weightValue(model, name).data].map((w, i) => [Math.abs(w), i] as const).sort((a, b) => b[0] - a[0]);
    expect(first.slice(0, 160).every(([, i]) => isPower(weightValue(after[0] as Model, name).data[i] as number))).toBe(true);
    for (const weight of weightNames(done)) {
      expect([...weightValue(done, weight).data].every(isPower)).toBe(true);
      expect(done.parameters[weight]?.quantization?.bits).toBe(4);
    }
    expect(lossOf(done, quadrants)).toBeLessThan(0.7 * lossOf(model, quadrants));
  });

  it('keeps pruned weights at 0, and joins with other hooks', async () => {
    const mask = array(
      [10, 32],
      Float32Array.from({ length: 320 }, (_, i) => i % 2),
    );
    const model = withParameters(start(2), { [name]: { mask } });
    let steps = 0;
    const hooks = { afterStep: () => void steps++ };
    const done = await quantizeIncrementally(model, quadrants, { ...options, epochs: 1, bits: 5, portions: [0.6, 1], hooks });
    expect(steps).toBe(10);
    expect([...weightValue(done, name).data].every((w, i) => i % 2 === 1 || w === 0)).toBe(true);
    expect(done.parameters[name]?.mask).toBe(mask);
  });

  it.each([[[]], [[0.5]], [[0.5, 0.5, 1]], [[0, 1]], [[0.7, 0.6, 1]], [[1.2]]])('refuses the portions %j', async portions => {
    await expect(quantizeIncrementally(start(1), quadrants, { bits: 5, portions })).rejects.toThrow(coded('quantize/portions'));
  });

  it('refuses what is not finite, by its name', async () => {
    const model = withParameters(start(1), { [name]: { value: array([10, 32], new Float32Array(320).fill(Number.POSITIVE_INFINITY)) } });
    await expect(quantizeIncrementally(model, quadrants, { bits: 5 })).rejects.toThrow(`Parameter ${name}`);
  });
});
