import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoopOrder, loops, matmulMisses } from 'tinylab';
import { describe, expect, it } from 'vitest';
import { carriedOut } from '../../../notebooks/05-tinyengine/in-place.ts';
import { placeOf } from '../../../notebooks/05-tinyengine/layouts.ts';
import { split } from '../../../notebooks/05-tinyengine/patches.ts';
import { leastPeak, peakOf } from '../../../notebooks/05-tinyengine/planner.ts';
import { halos, type Layer, overheadOf, peakBytes } from '../../../notebooks/05-tinyengine/stack.ts';
import { packedBytes, pairProduct, widened } from '../../../notebooks/05-tinyengine/words.ts';

// What the text of Lab 05 tells as an example is what its checks compute, and what others published.

const lab = readFileSync(join(import.meta.dirname, '../../../notebooks/05-tinyengine/lab.ts'), 'utf8');

describe('figures of Lab 05', () => {
  it('layouts: the element of the example', () => {
    const [size, at] = [
      { n: 2, h: 3, w: 3, c: 10 },
      { n: 1, h: 0, w: 2, c: 5 },
    ];
    const places = ['NHWC', 'NCHW', 'CHWN'].map(order => [order, placeOf(order, size, at)] as const);
    expect(places.map(([, place]) => place)).toEqual([115, 137, 95]);
    for (const [order, place] of places) expect(lab).toContain(`// | ${order} | ${place} |`);
  });

  it('tiles: misses of a cache of 8 KB, for each tile', () => {
    const misses = [4, 8, 16, 32, 64].map(tile => matmulMisses(64, { order: 'ikj' satisfies LoopOrder, tile }).toLocaleString('en-US'));
    expect(lab).toContain(`// | misses | ${misses.join(' | ')} |`);
  });

  it('the loop of the prediction has 267,400 misses', async () => {
    const [, naive = ''] = /const naive = `([^`]*)`/.exec(lab) ?? [];
    const square = (name: string, use: 'in' | 'inout') => ({ name, data: new Float32Array(4096), use });
    const args = [square('a', 'in'), square('b', 'in'), square('c', 'inout'), 64, 64, 64];
    expect((await loops.count(await loops.compile(naive), { args })).misses).toEqual([267_400]);
  });

  it('words: the examples, and the ends of the range', () => {
    expect(pairProduct({ a: 0x00030002, b: 0x00050004, sum: 1 })).toBe(24);
    expect(pairProduct({ a: 0xffff0002 | 0, b: 0x00050004, sum: 0 })).toBe(3);
    expect(pairProduct({ a: 0x80008000 | 0, b: 0x80008000 | 0, sum: 0 })).toBe(-(2 ** 31));
    const word = packedBytes([1, 2, -2, 4]);
    expect([word, widened(word, 0), widened(word, 8)]).toEqual([0x04fe0201, 0xfffe0001 | 0, 0x00040002]);
  });

  it('patches: halos and the overhead of three layers in 2 × 2 parts', () => {
    const layer: Layer = { kernel: 3, stride: 1, padding: 1, size: 16, inputs: 8, outputs: 8 };
    expect(halos([0, 7], [layer, layer])).toEqual([
      [0, 8],
      [0, 9],
    ]);
    expect(overheadOf([layer, layer, layer], 2)).toBeCloseTo(980 / 768, 12);
    expect([peakBytes(split, 0, 1), peakBytes(split, 3, 2)]).toEqual([92_160, 39_640]);
    expect(lab).toContain('39,640');
  });

  it('the order of a graph: the example, and the two branches of the block', () => {
    const residual = [
      { inputs: [], bytes: 4 },
      { inputs: [0], bytes: 9 },
      { inputs: [1], bytes: 2 },
      { inputs: [0, 2], bytes: 4 },
    ];
    expect([peakOf(residual, [0, 1, 2, 3]), leastPeak(residual)]).toEqual([15, 15]);
  });

  it('in place: the way of TinyEngine, and two that lose something', () => {
    const [filter, copy] = [{ op: 'filter', channel: 0, from: 0, to: 1 } as const, { op: 'copy', channel: 0, from: 1, to: 0 } as const];
    expect(carriedOut([filter, copy], 1)).toBeUndefined();
    expect(carriedOut([{ ...filter, to: 0 }], 1)).toMatch(/into itself/);
    expect(carriedOut([filter], 1)).toMatch(/At the end slot 0 holds input 0/);
  });
});
