import { normal, random } from 'tinylab';
import { expect, it } from 'vitest';
import { staffAnswers } from '../../../notebooks/02-quantization/staff.ts';

// What a student who is stuck takes from the lab must do for whole layers, not for the small cases of the checks alone.

it('kMeans takes the largest layer of the network: 147,456 weights', () => {
  const weights = Array.from(normal(random(5), [147_456]).data);
  const { codebook, labels } = staffAnswers.kMeans(weights, 1);
  expect([codebook.length, labels.length]).toEqual([2, weights.length]);
  const means = [0, 1].map(k => {
    const own = weights.filter((_, i) => labels[i] === k);
    return own.reduce((a, b) => a + b, 0) / own.length;
  });
  for (const [k, entry] of codebook.entries()) expect(entry).toBeCloseTo(means[k] as number, 6);
  // two halves of a normal distribution have the means ±√(2/π)
  for (const [k, sign] of [-1, 1].entries()) expect(codebook[k]).toBeCloseTo(sign * Math.sqrt(2 / Math.PI), 1);
});

it('the grid of a layer reaches from end to end', () => {
  const weights = Array.from(normal(random(6), [4608]).data);
  const { scale, zeroPoint } = staffAnswers.scaleAndZeroPoint(weights, 4);
  const range = { min: Math.min(...weights), max: Math.max(...weights) };
  expect(scale).toBeCloseTo((range.max - range.min) / 15, 9);
  const q = staffAnswers.linearQuantize(weights, { bits: 4, scale, zeroPoint });
  expect([Math.min(...q), Math.max(...q)]).toEqual([-8, 7]);
});
