import type { OtherStyle } from '../../../lab/mutant.ts';

// Right answers to questions 4 to 6 as other people write them.

const quantize = (name: string, answer: string): OtherStyle => ({ question: 'linear-quantize', name, answer });
const grid = (name: string, answer: string): OtherStyle => ({ question: 'scale-and-zero-point', name, answer });
const channels = (name: string, answer: string): OtherStyle => ({ question: 'per-channel', name, answer });

export const linearStyles: readonly OtherStyle[] = [
  quantize(
    'a loop over a typed array, half to even',
    `function linearQuantize(values: number[], grid: Grid): number[] {
  const half = 1 << (grid.bits - 1);
  const q = new Int32Array(values.length);
  for (let i = 0; i < q.length; i++) {
    const x = values[i]! / grid.scale;
    const floor = Math.floor(x);
    const rest = x - floor;
    const rounded = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
    q[i] = rounded + grid.zeroPoint;
    if (q[i]! < -half) q[i] = -half;
    if (q[i]! > half - 1) q[i] = half - 1;
  }
  return Array.from(q);
}`,
  ),
  quantize(
    'tensors',
    `function linearQuantize(values: number[], { bits, scale, zeroPoint }: Grid): number[] {
  const { tf } = library;
  const q = tf.tidy(() =>
    tf.clipByValue(tf.add(tf.round(tf.div(tf.tensor1d(values), scale)), zeroPoint), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1).dataSync(),
  );
  return Array.from(q);
}`.replace('function', "import * as library from 'tinylab';\nfunction"),
  ),
  quantize(
    'times the inverse, rounded after the zero point',
    `const linearQuantize = (values: number[], { bits, scale, zeroPoint }: Grid): number[] => {
  const [low, high] = [-(2 ** bits) / 2, 2 ** bits / 2 - 1];
  const inverse = 1 / scale;
  return values.map(r => Math.floor(r * inverse + zeroPoint + 0.5)).map(q => (q < low ? low : q > high ? high : q));
};`,
  ),
  quantize(
    'the nearest of all integers',
    `function linearQuantize(values: number[], { bits, scale, zeroPoint }: Grid): number[] {
  const all = Array.from({ length: 2 ** bits }, (_, i) => i - 2 ** (bits - 1));
  return values.map(r => all.reduce((best, q) => (Math.abs(scale * (q - zeroPoint) - r) < Math.abs(scale * (best - zeroPoint) - r) ? q : best)));
}`,
  ),
  grid(
    'ends by a loop',
    `function scaleAndZeroPoint(values: number[], bits: number): { scale: number; zeroPoint: number } {
  let low = 0;
  let high = 0;
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const scale = (high - low) / ((1 << bits) - 1);
  let zeroPoint = Math.round(-(1 << (bits - 1)) - low / scale);
  zeroPoint = Math.max(zeroPoint, -(1 << (bits - 1)));
  zeroPoint = Math.min(zeroPoint, (1 << (bits - 1)) - 1);
  return { scale, zeroPoint };
}`,
  ),
  grid(
    'sorted, from the upper end',
    `function scaleAndZeroPoint(values: number[], bits: number): { scale: number; zeroPoint: number } {
  const sorted = [0, ...values].sort((a, b) => a - b);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const last = 2 ** (bits - 1) - 1;
  const scale = (high - low) / (2 ** bits - 1);
  return { zeroPoint: Math.min(last, Math.max(-last - 1, Math.round(last - high / scale))), scale };
}`,
  ),
  grid(
    'unsigned first, then shifted',
    `const scaleAndZeroPoint = (values: number[], bits: number) => {
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  const levels = 2 ** bits - 1;
  const scale = (high - low) / levels;
  const unsigned = Math.min(levels, Math.max(0, Math.round(-low / scale)));
  return { scale, zeroPoint: unsigned - 2 ** (bits - 1) };
};`,
  ),
  grid(
    'tensors for the ends',
    `function scaleAndZeroPoint(values: number[], bits: number): { scale: number; zeroPoint: number } {
  const { tf } = library;
  const [low, high] = tf.tidy(() => {
    const all = tf.tensor1d([...values, 0]);
    return [all.min().dataSync()[0]!, all.max().dataSync()[0]!];
  }) as unknown as [number, number];
  const scale = (high - low) / (2 ** bits - 1);
  const zeroPoint = Math.round(-(2 ** (bits - 1)) - low / scale);
  return { scale, zeroPoint: Math.max(-(2 ** (bits - 1)), Math.min(2 ** (bits - 1) - 1, zeroPoint)) };
}`.replace('function', "import * as library from 'tinylab';\nfunction"),
  ),
  channels(
    'a loop over all weights',
    `const errorsShrink = 'B';
function channelScales(weight: NDArray, bits: number): number[] {
  const [rows, columns] = weight.shape as [number, number];
  const most = new Array<number>(rows).fill(0);
  weight.data.forEach((w, i) => {
    const r = Math.floor(i / columns);
    if (Math.abs(w) > most[r]!) most[r] = Math.abs(w);
  });
  return most.map(m => m / (2 ** (bits - 1) - 1));
}`,
  ),
  channels(
    'tensors',
    `import { tf } from 'tinylab';
function channelScales(weight: NDArray, bits: number): number[] {
  return tf.tidy(() => {
    const matrix = tf.tensor2d(Float32Array.from(weight.data), weight.shape as [number, number]);
    return Array.from(tf.div(tf.max(tf.abs(matrix), 1), 2 ** (bits - 1) - 1).dataSync());
  });
}
let errorsShrink = ' b';`,
  ),
  channels(
    'subarrays and squares',
    `const errorsShrink = 'b' as const;
const channelScales = ({ shape, data }: NDArray, bits: number): number[] => {
  const width = shape[1]!;
  const scales: number[] = [];
  for (let from = 0; from < data.length; from += width) {
    let square = 0;
    for (const w of data.subarray(from, from + width)) square = Math.max(square, w * w);
    scales.push(Math.sqrt(square) / ((1 << (bits - 1)) - 1));
  }
  return scales;
};`,
  ),
  channels(
    'largest and smallest apart, a typed array given out as a list',
    `const errorsShrink: string = ['a', 'b', 'c'][1]!;
function channelScales(weight: NDArray, bits: number): number[] {
  const [rows = 0, columns = 0] = weight.shape;
  const scales = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = weight.data.slice(r * columns, r * columns + columns);
    scales[r] = Math.max(Math.max(...row), -Math.min(...row)) / (2 ** (bits - 1) - 1);
  }
  return [...scales];
}`,
  ),
];
