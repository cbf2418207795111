import { type Examiner, loops, type Question, question } from 'tinylab';
import { convMistakes, gemvMistakes } from './int8-mistakes.ts';

// Layers of integers with few instructions: counted, whatever machine it is.

const { int8Conv, int4Gemv } = loops.problems;

/** The layer that is counted. */
export const counted = int8Conv({ height: 12, width: 13, channels: 16, filters: 16 });

/** Instructions for each product: with half of the points, and with all. */
export const perProduct = { some: 12, few: 5.5 };

const few = (q: Examiner, most: number): Promise<boolean> =>
  q.counts('fastConv', counted, {
    atMost: { instructions: Math.floor(most * counted.macs) },
    known: convMistakes({ height: 12, width: 13, channels: 16, filters: 16 }),
    hint: `At most ${most} instructions for each of ${counted.macs.toLocaleString('en-US')} products. What can be done once for a place, and not for each filter? What does eight products in one instruction?`,
  });

export const convolution: Question = question(
  'fast-convolution',
  { points: 10, title: 'A layer of integers, fast', uses: ['fastConv'], withhold: ['ladder'] },
  async q => {
    await q.part('right', { points: 3 }, async () => {
      const sizes = [
        { height: 5, width: 7, channels: 3, filters: 4 },
        { height: 4, width: 3, channels: 19, filters: 5 },
        { height: 1, width: 6, channels: 8, filters: 1 },
      ];
      for (const one of sizes)
        await q.loop('fastConv', [int8Conv(one)], {
          seeds: 1,
          known: convMistakes(one),
          hint: 'Each output: bias + Σ (x − xZero) · w over nine places and all channels, none of them outside of the image; then scaled, + yZero, clamped to −128 … 127.',
        });
    });
    await q.part('some', { points: 3 }, async () => {
      await few(q, perProduct.some);
    });
    await q.part('few', { points: 4 }, async () => {
      await few(q, perProduct.few);
    });
  },
);

const gemv = int4Gemv({ rows: 24, columns: 96 });

export const fourBits: Question = question(
  'four-bits',
  { points: 0, bonus: 5, title: 'Weights of 4 bits', uses: ['gemv'], withhold: ['ladder'] },
  async q => {
    await q.part('right', { points: 2 }, async () => {
      for (const problem of [int4Gemv({ rows: 5, columns: 64 }), int4Gemv({ rows: 1, columns: 32 }), gemv])
        await q.loop('gemv', [problem], {
          seeds: 1,
          known: gemvMistakes(problem),
          hint: 'A group of 32: Σ (weight − 8) · x as integers, times both scales. Byte i has weight i in its lower half and weight 16 + i in its upper half.',
        });
    });
    await q.part('few', { points: 3 }, async () => {
      await q.counts('gemv', gemv, {
        atMost: { instructions: 6 * gemv.macs },
        hint: 'At most 6 instructions a product: take the 16 bytes of a group in one load, and split them with `v128.and` and `i8x16.shr_u`.',
      });
    });
  },
);
