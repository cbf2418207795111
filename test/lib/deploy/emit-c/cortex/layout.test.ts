import { describe, expect, it } from 'vitest';
import { pairsOf, pairsOfRuns } from '../../../../../lib/deploy/emit-c/cortex/layout.ts';
import { outputBlocks, packedBytes, packedHalves, packedNibbles } from '../../../../../lib/deploy/emit-c/cortex/weights.ts';

describe('the order of inputs and weights', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 9, 16, 27])('%i numbers come once each', length => {
    const places = pairsOf(length)
      .flat()
      .filter(place => place >= 0);
    expect([...places].sort((a, b) => a - b)).toEqual([...Array(length).keys()]);
  });

  it('runs follow each other', () => {
    expect(pairsOfRuns(3, 2)).toEqual([
      [0, 1],
      [2, -1],
      [3, 4],
      [5, -1],
    ]);
  });

  it('an odd channel at the end comes in two blocks', () => {
    expect(outputBlocks(5, 2)).toEqual([0, 2, 3]);
    expect(outputBlocks(3, 1)).toEqual([0, 1, 2]);
  });

  it('bytes lie so that SXTB16 gives the pairs of both outputs', () => {
    const rows = { data: [1, 2, 3, 4, 11, 12, 13, 14], out: 2, depth: 4 };
    expect([...packedBytes(rows, { pairs: pairsOf(4), outputs: 2 })]).toEqual([1, 11, 3, 13, 2, 12, 4, 14]);
    expect([...packedBytes(rows, { pairs: pairsOf(4), outputs: 1 })]).toEqual([1, 2, 3, 4, 11, 12, 13, 14]);
    expect([...packedHalves(rows, { pairs: pairsOf(4), outputs: 2 })]).toEqual([1, 3, 11, 13, 2, 4, 12, 14]);
  });

  it('weights of 4 bits lie by twos, those of a word in the low halves of its bytes', () => {
    const rows = { data: [1, 2, 3, 4, -1, -2, -3, -4], out: 2, depth: 4 };
    const halves = (...bytes: readonly (readonly [low: number, high: number])[]) =>
      bytes.map(([low, high]) => (low & 15) | ((high & 15) << 4));
    expect([...packedNibbles(rows, { pairs: pairsOf(4), outputs: 2 })]).toEqual(halves([1, 2], [-1, -2], [3, 4], [-3, -4]));
    // one word a block: nothing beside it
    expect([...packedNibbles(rows, { pairs: pairsOf(4), outputs: 1 })]).toEqual(
      halves([1, 0], [2, 0], [3, 0], [4, 0], [-1, 0], [-2, 0], [-3, 0], [-4, 0]),
    );
  });
});
