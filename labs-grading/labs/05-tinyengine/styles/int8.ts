import { loops } from 'tinylab';
import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right layers of integers as other people write them; the library's own ways are among them.

const ownWays = (question: string, name: string, rungs: readonly loops.LoopRung[]): OtherStyle[] =>
  rungs.map(rung => ({ question, name: `as the library: ${rung.name}`, answer: `const ${name} = ${JSON.stringify(rung.source)};` }));

const gemvSignature =
  'export function gemv(w: U8s, wScale: F32s, x: I8s, xScale: F32s, y: F32s, rows: i32, columns: i32, scratch: I16s): void';
const gemvStyle = (name: string, body: string, more = ''): OtherStyle => ({
  question: 'four-bits',
  name,
  answer: `const gemv = \`\n${gemvSignature} {\n${body}\n}${more}\`;`,
});

const gemvs: readonly OtherStyle[] = [
  gemvStyle(
    'eight times the sum of x is taken away at the end',
    `  const groups = columns / 32;
  for (let g = 0; g < groups; g++) {
    let sum = 0;
    for (let i = 0; i < 32; i++) sum += x[32 * g + i];
    scratch[g] = sum;
  }
  const mask = i8x16.splat(15);
  for (let r = 0; r < rows; r++) {
    let total: f32 = 0;
    for (let g = 0; g < groups; g++) {
      const bytes = w.vector(16 * (r * groups + g)), low = v128.and(bytes, mask), high = i8x16.shr_u(bytes, 4);
      const u = x.vector(32 * g), v = x.vector(32 * g + 16);
      let s = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), i16x8.extend_low_i8x16_s(u));
      s = i32x4.add(s, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), i16x8.extend_high_i8x16_s(u)));
      s = i32x4.add(s, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), i16x8.extend_low_i8x16_s(v)));
      s = i32x4.add(s, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), i16x8.extend_high_i8x16_s(v)));
      const whole = i32x4.extract_lane(s, 0) + i32x4.extract_lane(s, 1) + i32x4.extract_lane(s, 2) + i32x4.extract_lane(s, 3);
      total += <f32>(whole - 8 * scratch[g]) * (xScale[g] * wScale[r * groups + g]);
    }
    y[r] = total;
  }`,
  ),
  gemvStyle(
    'signs by shifting left and right',
    `  const groups = columns >> 5, flip = i8x16.splat(-120);
  let at = 0;
  for (let r = 0; r < rows; r++) {
    y[r] = 0;
    for (let g = 0; g < groups; g++, at++) {
      const signed = v128.xor(w.vector(at << 4), flip);
      const part = dots(i8x16.shr_s(i8x16.shl(signed, 4), 4), x.vector(g << 5)) + dots(i8x16.shr_s(signed, 4), x.vector((g << 5) + 16));
      y[r] += wScale[at] * <f32>part * xScale[g];
    }
  }`,
    `
function dots(u: v128, v: v128): i32 {
  const both = i16x8.add(i16x8.extmul_low_i8x16_s(u, v), i16x8.extmul_high_i8x16_s(u, v));
  const t = i32x4.extadd_pairwise_i16x8_s(both);
  return i32x4.extract_lane(t, 0) + i32x4.extract_lane(t, 1) + i32x4.extract_lane(t, 2) + i32x4.extract_lane(t, 3);
}`,
  ),
  gemvStyle(
    'two rows at once',
    `  const groups = columns / 32;
  for (let r = 0; r < rows; r += 2) {
    const next = min(r + 1, rows - 1);
    let one: f32 = 0, two: f32 = 0;
    for (let g = 0; g < groups; g++) {
      const u = x.vector(32 * g), v = x.vector(32 * g + 16), at = r * groups + g, below = next * groups + g;
      one += <f32>ofGroup(w.vector(16 * at), u, v) * wScale[at] * xScale[g];
      two += <f32>ofGroup(w.vector(16 * below), u, v) * wScale[below] * xScale[g];
    }
    y[r] = one;
    y[next] = next > r ? two : one;
  }`,
    `
function ofGroup(bytes: v128, u: v128, v: v128): i32 {
  const nibbles = v128.and(i8x16.shr_u(bytes, 4), i8x16.splat(15)), eights = i8x16.splat(8);
  const low = i8x16.sub(i8x16.sub(bytes, i8x16.shl(nibbles, 4)), eights), high = i8x16.sub(nibbles, eights);
  let s = i32x4.splat(0);
  for (let half = 0; half < 2; half++) {
    const a = half == 0 ? low : high, b = half == 0 ? u : v;
    s = i32x4.add(s, i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_low_i8x16_s(a, b)));
    s = i32x4.add(s, i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_high_i8x16_s(a, b)));
  }
  const t = i32x4.add(s, i8x16.shuffle(s, s, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  return i32x4.extract_lane(t, 0) + i32x4.extract_lane(t, 2);
}`,
  ),
];

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
  {
    question: 'fast-convolution',
    name: 'two filters at once over a window of 16-bit numbers',
    answer: `const fastConv = \`
export function conv(\${convParameters}): void {
  const depth = 9 * channels;
  for (let place = 0; place < height * width; place++) {
    const top = place / width - 1, left = place % width - 1;
    for (let tap = 0; tap < 9; tap++) {
      const r = top + tap / 3, s = left + tap % 3, to = scratch.from(tap * channels);
      if (r < 0 || s < 0 || r >= height || s >= width) for (let c = 0; c < channels; c++) to[c] = 0;
      else for (let c = 0; c < channels; c++) to[c] = x[(r * width + s) * channels + c] - xZero;
    }
    let f = 0;
    for (; f + 1 < filters; f += 2) {
      const one = w.from(f * depth), two = w.from((f + 1) * depth);
      let u = i32x4.splat(0), v = i32x4.splat(0), p = 0;
      for (; p <= depth - 16; p += 16) {
        const low = scratch.vector(p), high = scratch.vector(p + 8), a = one.vector(p), b = two.vector(p);
        u = i32x4.add(u, i32x4.add(i32x4.dot_i16x8_s(low, i16x8.extend_low_i8x16_s(a)), i32x4.dot_i16x8_s(high, i16x8.extend_high_i8x16_s(a))));
        v = i32x4.add(v, i32x4.add(i32x4.dot_i16x8_s(low, i16x8.extend_low_i8x16_s(b)), i32x4.dot_i16x8_s(high, i16x8.extend_high_i8x16_s(b))));
      }
      put(y, place * filters + f, bias[f] + all(u) + rest(scratch, one, p, depth), multiplier[f], shift[f], yZero);
      put(y, place * filters + f + 1, bias[f + 1] + all(v) + rest(scratch, two, p, depth), multiplier[f + 1], shift[f + 1], yZero);
    }
    if (f < filters) put(y, place * filters + f, bias[f] + rest(scratch, w.from(f * depth), 0, depth), multiplier[f], shift[f], yZero);
  }
}
function all(v: v128): i32 {
  return i32x4.extract_lane(v, 3) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 0);
}
function rest(a: I16s, b: I8s, from: i32, to: i32): i32 {
  let sum = 0;
  for (let p = from; p < to; p++) sum += a[p] * b[p];
  return sum;
}
function put(y: I8s, at: i32, sum: i32, multiplier: i32, shift: i32, zero: i32): void {
  y[at] = min(127, max(-128, zero + scaled(sum, multiplier, shift)));
}
\${rescale}\`;`,
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
const interleavedWhy = 'b';`,
    `const on = true;
function made(): deploy.ConvSchedule {
  const fields: Record<string, unknown> = { block: [2, 2], unroll: 4, loops: 'reordered' };
  for (const name of ['simd', 'im2col', 'interleaved']) fields[name] = on;
  return fields as unknown as deploy.ConvSchedule;
}
const schedule = made();
const interleavedWhy = 'b';`,
  ),
  ...ownWays('four-bits', 'gemv', loops.ladder.int4Gemv.slice(2)),
  ...gemvs,
];
