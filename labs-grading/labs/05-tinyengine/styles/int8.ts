import { loops } from 'tinylab';
import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right layers of integers as other people write them; the library's own ways are among them.

const ownWays = (question: string, name: string, rungs: readonly loops.LoopRung[]): OtherStyle[] =>
  rungs.map(rung => ({ question, name: `as the library: ${rung.name}`, answer: `const ${name} = ${JSON.stringify(rung.source)};` }));

export const int8Styles: readonly OtherStyle[] = [
  ...ownWays('fast-convolution', 'fastConv', loops.ladder.int8Conv.slice(1)),
  {
    question: 'fast-convolution',
    name: 'an image with a border of zeros',
    answer: `const fastConv = \`
export function conv(\${convParameters}): void {
  const wide = (width + 2) * channels;
  for (let i = 0; i < (height + 2) * wide; i++) scratch[i] = 0;
  for (let row = 0; row < height; row++)
    for (let i = 0; i < width * channels; i++) scratch[(row + 1) * wide + channels + i] = x[row * width * channels + i] - xZero;
  const line = 3 * channels;
  for (let place = 0; place < height * width; place++) {
    const first = scratch.from((place / width) * wide + (place % width) * channels);
    for (let f = 0; f < filters; f++) {
      let lanes = i32x4.splat(0), rest = bias[f];
      for (let r = 0; r < 3; r++) {
        const from = first.from(r * wide), taps = w.from((3 * f + r) * line);
        let p = 0;
        for (; p + 16 <= line; p += 16) {
          const bytes = taps.vector(p);
          lanes = i32x4.add(lanes, i32x4.dot_i16x8_s(from.vector(p), i16x8.extend_low_i8x16_s(bytes)));
          lanes = i32x4.add(lanes, i32x4.dot_i16x8_s(from.vector(p + 8), i16x8.extend_high_i8x16_s(bytes)));
        }
        for (; p < line; p++) rest += from[p] * taps[p];
      }
      for (let unused = 0; unused < 1; unused++)
        rest += i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
      const q = scaled(rest, multiplier[f], shift[f]) + yZero;
      y[place * filters + f] = q > 127 ? 127 : q < -128 ? -128 : q;
    }
  }
}\${rescale}\`;`,
  },
  ...spelled(
    'schedule',
    `const schedule: deploy.ConvSchedule = { loops: 'reordered', unroll: 4, simd: true, im2col: true, interleaved: true, block: [2, 2] };
const interleavedWhy = 'b';`,
    `const start: deploy.ConvSchedule = { loops: 'reordered', unroll: 4, block: [2, 4] };
const schedule = { ...start, simd: true, im2col: true, interleaved: true };
const interleavedWhy = 'B';`,
    `const schedule = {
  loops: 'reordered' as const,
  unroll: 4 as const,
  simd: true,
  im2col: true,
  interleaved: true,
  weightBits: 8 as const,
  block: [2, 4] as const,
};
let interleavedWhy = 'b';`,
  ),
  ...ownWays('four-bits', 'gemv', loops.ladder.int4Gemv.slice(2)),
];
