import type { OtherStyle } from '../../../lab/mutant.ts';

// Right answers to questions 12 to 15 as other people write them.

const style =
  (question: string) =>
  (name: string, answer: string): OtherStyle => ({ question, name, answer });
const accumulator = style('accumulators');
const clip = style('calibration');
const straight = style('straight-through');
const pair = style('equalization');
const letters = "\nconst twoBits = 'C';\nconst fewImages = 'b ';";

export const beyondStyles: readonly OtherStyle[] = [
  accumulator(
    'step by step',
    `function addUp(products: number[], bits: number): number {
  let sum = 0;
  for (const p of products) {
    sum += p;
    while (sum >= 2 ** (bits - 1)) sum -= 2 ** bits;
    while (sum < -(2 ** (bits - 1))) sum += 2 ** bits;
  }
  return sum;
}
const accumulatorBits = Math.ceil(Math.log2(1152 * 128 * 127)) + 1;
const floatSums = ' B';`,
  ),
  accumulator(
    'shifts',
    `const addUp = (products: number[], bits: number): number => {
  let sum = 0;
  for (let i = 0; i < products.length; i++) sum = (sum + products[i]!) | 0;
  return (sum << (32 - bits)) >> (32 - bits);
};
let accumulatorBits = 20 + 6;
let floatSums = 'b';`,
  ),
  accumulator(
    'big integers',
    `function addUp(products: number[], bits: number): number {
  return Number(BigInt.asIntN(bits, products.reduce((sum, p) => sum + BigInt(p), 0n)));
}
const accumulatorBits: number = 26.0;
const floatSums: string = \`b\`;`,
  ),
  accumulator(
    'one formula',
    `const addUp = (products: number[], bits: number): number => {
  const sum = products.reduce((a, b) => a + b, 0);
  const half = 2 ** (bits - 1);
  return sum - 2 * half * Math.floor((sum + half) / (2 * half));
};
const [accumulatorBits, floatSums] = [26, 'b'];`,
  ),
  clip(
    'loops',
    `function bestClip(values: number[], bits: number, clips: number[]): number {
  let best = clips[0]!;
  let least = Infinity;
  for (const clip of clips) {
    const step = clip / (2 ** bits - 1);
    let error = 0;
    for (const v of values) {
      const q = Math.min(2 ** bits - 1, Math.round(v / step));
      error += (q * step - v) * (q * step - v);
    }
    if (error < least) {
      least = error;
      best = clip;
    }
  }
  return best;
}${letters}`,
  ),
  clip(
    'clamped first, sorted',
    `const bestClip = (values: number[], bits: number, clips: number[]): number => {
  const error = (clip: number) => {
    const step = clip / ((1 << bits) - 1);
    return values.map(v => Math.round(Math.min(v, clip) / step) * step - v).reduce((sum, d) => sum + d ** 2, 0);
  };
  return [...clips].sort((a, b) => error(a) - error(b))[0]!;
};${letters}`,
  ),
  clip(
    'tensors',
    `import { tf } from 'tinylab';
function bestClip(values: number[], bits: number, clips: number[]): number {
  const errors = clips.map(clip =>
    tf.tidy(() => {
      const x = tf.tensor1d(values);
      const step = clip / (2 ** bits - 1);
      return tf.mean(tf.square(tf.sub(tf.mul(tf.minimum(tf.round(tf.div(x, step)), 2 ** bits - 1), step), x))).dataSync()[0]!;
    }),
  );
  return clips[errors.indexOf(Math.min(...errors))]!;
}${letters}`,
  ),
  clip(
    'reduce over pairs',
    `function bestClip(values: number[], bits: number, clips: number[]): number {
  const levels = 2 ** bits - 1;
  const loss = (clip: number) => values.reduce((sum, v) => sum + (clip * Math.min(1, Math.round((v * levels) / clip) / levels) - v) ** 2, 0);
  return clips.reduce((a, b) => (loss(b) < loss(a) ? b : a));
}${letters}`,
  ),
  straight(
    'a loop',
    `function straightThrough(gradient: number[], values: number[], ends: [number, number]): number[] {
  const passed: number[] = [];
  for (let i = 0; i < gradient.length; i++) passed.push(values[i]! < ends[0] || values[i]! > ends[1] ? 0 : gradient[i]!);
  return passed;
}`,
  ),
  straight(
    'times a flag',
    'const straightThrough = (gradient: number[], values: number[], [low, high]: [number, number]): number[] =>\n  gradient.map((g, i) => g * Number(values[i]! >= low) * Number(values[i]! <= high));',
  ),
  straight(
    'by clamping',
    'function straightThrough(gradient: number[], values: number[], [low, high]: [number, number]): number[] {\n  return values.map((v, i) => (Math.min(high, Math.max(low, v)) === v ? gradient[i]! : 0));\n}',
  ),
  straight(
    'tensors',
    `import { tf } from 'tinylab';
function straightThrough(gradient: number[], values: number[], [low, high]: [number, number]): number[] {
  return tf.tidy(() => {
    const x = tf.tensor1d(values);
    const inside = tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high));
    return Array.from(tf.where(inside, tf.tensor1d(gradient), tf.zerosLike(x)).dataSync());
  });
}`,
  ),
  pair(
    'loops over the channels',
    `const perTensorFails = 'd';
function equalize(pair: Pair): Pair {
  const [inputs, channels] = pair.first.shape as [number, number];
  const outputs = pair.second.shape[1]!;
  const first = pair.first.data.slice();
  const second = pair.second.data.slice();
  const bias = [...pair.bias];
  for (let c = 0; c < channels; c++) {
    let r1 = 0;
    let r2 = 0;
    for (let i = 0; i < inputs; i++) r1 = Math.max(r1, Math.abs(first[i * channels + c]!));
    for (let o = 0; o < outputs; o++) r2 = Math.max(r2, Math.abs(second[c * outputs + o]!));
    const s = Math.sqrt(r1 / r2);
    for (let i = 0; i < inputs; i++) first[i * channels + c]! /= s;
    for (let o = 0; o < outputs; o++) second[c * outputs + o]! *= s;
    bias[c]! /= s;
  }
  return { first: array(pair.first.shape, first), bias, second: array(pair.second.shape, second) };
}`,
  ),
  pair(
    'tensors',
    `import { tf } from 'tinylab';
const perTensorFails = ' D ';
function equalize(pair: Pair): Pair {
  const first = tf.tensor2d(Float32Array.from(pair.first.data), pair.first.shape as [number, number]);
  const second = tf.tensor2d(Float32Array.from(pair.second.data), pair.second.shape as [number, number]);
  const r1 = tf.max(tf.abs(first), 0);
  const r2 = tf.max(tf.abs(second), 1);
  const s = tf.sqrt(tf.div(r1, r2));
  return {
    first: array(pair.first.shape, Array.from(tf.div(first, s).dataSync())),
    bias: Array.from(tf.div(tf.tensor1d(pair.bias), s).dataSync()),
    second: array(pair.second.shape, Array.from(tf.mul(second, tf.expandDims(s, 1)).dataSync())),
  };
}`,
  ),
  pair(
    'lists of rows',
    `let perTensorFails = 'd';
const equalize = ({ first, bias, second }: Pair): Pair => {
  const rowsOf = (m: NDArray) => Array.from({ length: m.shape[0]! }, (_, r) => Array.from(m.data.slice(r * m.shape[1]!, (r + 1) * m.shape[1]!)));
  const [a, b] = [rowsOf(first), rowsOf(second)];
  const s = bias.map((_, c) => {
    const r1 = Math.max(...a.map(row => Math.abs(row[c]!)));
    const r2 = Math.max(...b[c]!.map(Math.abs));
    return Math.sqrt(r1 * r2) / r2;
  });
  return {
    first: array(first.shape, a.map(row => row.map((w, c) => w / s[c]!)).flat()),
    bias: bias.map((v, c) => v / s[c]!),
    second: array(second.shape, b.map((row, c) => row.map(w => w * s[c]!)).flat()),
  };
};`,
  ),
  pair(
    'both ranges first, powers',
    `const perTensorFails: string = "d";
function equalize({ first, bias, second }: Pair): Pair {
  const n = bias.length;
  const outputs = second.data.length / n;
  const r1 = Float64Array.from({ length: n }, (_, c) => Math.max(...first.data.filter((__, i) => i % n === c).map(w => Math.abs(w))));
  const r2 = Float64Array.from({ length: n }, (_, c) => Math.max(...second.data.slice(c * outputs, (c + 1) * outputs).map(w => Math.abs(w))));
  const s = r1.map((r, c) => (r / r2[c]!) ** 0.5);
  return {
    second: array(second.shape, second.data.map((w, i) => w * s[(i - (i % outputs)) / outputs]!)),
    first: array(first.shape, first.data.map((w, i) => w / s[i % n]!)),
    bias: Array.from(s, (by, c) => bias[c]! / by),
  };
}`,
  ),
];
