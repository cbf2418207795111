import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers to questions 7 to 11 as other people write them.

const style =
  (question: string) =>
  (name: string, answer: string): OtherStyle => ({ question, name, answer });
const fold = style('fold-batch-norm');
const scales = style('bias-and-multiplier');
const dense = style('integer-dense');
const conv = style('integer-conv');

/** An answer that takes the whole library by another name. */
const withLibrary = (answer: string): string => `import * as library from 'tinylab';\n${answer}`;

export const integerStyles: readonly OtherStyle[] = [
  fold(
    'loops over all axes',
    `function foldBatchNorm(layer: Layer, norm: BatchNorm): Layer {
  const [h, w, c, o] = layer.kernel.shape as [number, number, number, number];
  const data = new Float32Array(h * w * c * o);
  for (let at = 0; at < h * w * c; at++)
    for (let k = 0; k < o; k++)
      data[at * o + k] = (layer.kernel.data[at * o + k]! * norm.gamma[k]!) / Math.sqrt(norm.variance[k]! + norm.epsilon);
  const bias: number[] = [];
  for (let k = 0; k < o; k++)
    bias.push(((layer.bias[k]! - norm.mean[k]!) * norm.gamma[k]!) / Math.sqrt(norm.variance[k]! + norm.epsilon) + norm.beta[k]!);
  return { kernel: array(layer.kernel.shape, data), bias };
}`,
  ),
  fold(
    'tensors',
    withLibrary(`function foldBatchNorm({ kernel, bias }: Layer, norm: BatchNorm): Layer {
  const { tf } = library;
  const factor = tf.div(tf.tensor1d(norm.gamma), tf.sqrt(tf.add(tf.tensor1d(norm.variance), norm.epsilon)));
  const folded = tf.mul(tf.tensor4d(Float32Array.from(kernel.data), kernel.shape as [number, number, number, number]), factor);
  const moved = tf.add(norm.beta, tf.mul(tf.sub(bias, norm.mean), factor));
  return { kernel: array(kernel.shape, Array.from(folded.dataSync())), bias: Array.from(moved.dataSync()) };
}`),
  ),
  fold(
    'a power for the root',
    `const foldBatchNorm = ({ kernel, bias }: Layer, { gamma, beta, mean, variance, epsilon }: BatchNorm): Layer => {
  const inverse = variance.map(v => (v + epsilon) ** -0.5);
  const outputs = gamma.length;
  return {
    bias: beta.map((b, o) => b - mean[o]! * gamma[o]! * inverse[o]! + bias[o]! * gamma[o]! * inverse[o]!),
    kernel: array(kernel.shape, [...kernel.data].map((w, i) => w * gamma[i % outputs]! * inverse[i % outputs]!)),
  };
};`,
  ),
  fold(
    'what the batch norm does to 0 and to 1',
    `function foldBatchNorm({ kernel, bias }: Layer, norm: BatchNorm): Layer {
  const after = (y: number, o: number) => norm.beta[o]! + (norm.gamma[o]! * (y - norm.mean[o]!)) / Math.sqrt(norm.epsilon + norm.variance[o]!);
  const slope = bias.map((_, o) => after(1, o) - after(0, o));
  const data = kernel.data.slice();
  for (let i = 0; i < data.length; i++) data[i] *= slope[i % slope.length]!;
  return { kernel: array(kernel.shape, data), bias: bias.map(after) };
}`,
  ),
  scales(
    'a logarithm',
    `const quantizeBias = (bias: number[], inputScale: number, weightScales: number[]): number[] =>
  bias.map((b, o) => Math.floor(b / inputScale / weightScales[o]! + 0.5));
const fixedPoint = (multiplier: number) => {
  const n = -(Math.floor(Math.log2(multiplier)) + 1);
  return { n, m0: Math.round(multiplier * 2 ** (31 + n)) };
};`,
  ),
  scales(
    'halving and doubling, a typed array',
    `function quantizeBias(bias: number[], inputScale: number, weightScales: number[]): number[] {
  const q = new Int32Array(bias.length);
  for (let o = 0; o < q.length; o++) q[o] = Math.round(bias[o]! / (weightScales[o]! * inputScale));
  return Array.from(q);
}
function fixedPoint(multiplier: number): { m0: number; n: number } {
  let fraction = multiplier;
  let n = 0;
  for (; fraction < 0.5; fraction *= 2) n += 1;
  return { m0: Math.round(fraction * 2147483648), n };
}`,
  ),
  scales(
    'recursion, toFixed',
    `function quantizeBias(bias: number[], inputScale: number, weightScales: number[]): number[] {
  return weightScales.map((s, o) => Number((bias[o]! / (s * inputScale)).toFixed(0)));
}
function fixedPoint(m: number, n = 0): { m0: number; n: number } {
  return m >= 0.5 ? { m0: Math.round(m * 2 ** 31), n } : fixedPoint(m * 2, n + 1);
}`,
  ),
  scales(
    'leading zeros',
    `function quantizeBias(bias: number[], inputScale: number, weightScales: number[]): number[] {
  const product = weightScales.map(s => inputScale * s);
  return bias.map((b, o) => Math.round(b / product[o]!));
}
function fixedPoint(multiplier: number): { m0: number; n: number } {
  const n = Math.clz32(Math.floor(multiplier * 2 ** 32));
  return { m0: Math.round(multiplier * 2 ** n * 2 ** 31), n };
}`,
  ),
  dense(
    'corrected by the sum of the weights',
    `function integerDense(x: number[], layer: IntegerDense): number[] {
  return layer.weight.map((row, o) => {
    const products = row.reduce((sum, w, i) => sum + w * x[i]!, 0);
    const correction = layer.inputZeroPoint * row.reduce((a, b) => a + b, 0);
    const scaled = Math.round((products - correction + layer.bias[o]!) * layer.multiplier[o]!);
    return Math.max(-128, Math.min(127, scaled + layer.outputZeroPoint));
  });
}
function integerAdd(a: OnGrid, b: OnGrid, { scale, zeroPoint }: Stored): number[] {
  const [ma, mb] = [a.scale / scale, b.scale / scale];
  const correction = ma * a.zeroPoint + mb * b.zeroPoint;
  return b.q.map((q, i) => Math.max(-128, Math.min(127, Math.round(ma * a.q[i]! + mb * q - correction) + zeroPoint)));
}`,
  ),
  dense(
    'index loops, 32-bit sums',
    `const integerDense = (x: number[], layer: IntegerDense): number[] => {
  const y = new Int8Array(layer.weight.length);
  for (let o = 0; o < y.length; o++) {
    let sum = layer.bias[o]! | 0;
    for (let i = 0; i < x.length; i++) sum = (sum + Math.imul(x[i]! - layer.inputZeroPoint, layer.weight[o]![i]!)) | 0;
    const q = Math.floor(sum * layer.multiplier[o]! + 0.5) + layer.outputZeroPoint;
    y[o] = q > 127 ? 127 : q < -128 ? -128 : q;
  }
  return [...y];
};
const integerAdd = (a: OnGrid, b: OnGrid, out: Stored): number[] => {
  const y = new Uint8ClampedArray(a.q.length);
  for (let i = 0; i < y.length; i++) {
    const real = a.scale * (a.q[i]! - a.zeroPoint) + b.scale * (b.q[i]! - b.zeroPoint);
    y[i] = Math.floor(real / out.scale + 0.5) + out.zeroPoint + 128;
  }
  return Array.from(y, q => q - 128);
};`,
  ),
  dense(
    'tensors',
    withLibrary(`function integerDense(x: number[], layer: IntegerDense): number[] {
  const { tf } = library;
  const y = tf.tidy(() => {
    const shifted = tf.sub(tf.tensor2d(x, [1, x.length]), layer.inputZeroPoint);
    const sums = tf.add(tf.matMul(shifted, tf.tensor2d(layer.weight), false, true), tf.tensor1d(layer.bias));
    const q = tf.add(tf.round(tf.mul(sums, tf.tensor1d(layer.multiplier))), layer.outputZeroPoint);
    return tf.clipByValue(q, -128, 127).dataSync();
  });
  return Array.from(y);
}
function integerAdd(a: OnGrid, b: OnGrid, out: Stored): number[] {
  const { tf } = library;
  const real = ({ q, scale, zeroPoint }: OnGrid) => tf.mul(tf.sub(q, zeroPoint), scale);
  const q = tf.add(tf.round(tf.div(tf.add(real(a), real(b)), out.scale)), out.zeroPoint);
  return Array.from(tf.clipByValue(q, -128, 127).dataSync());
}`),
  ),
  dense(
    'big integers for the sum',
    `function integerDense(x: number[], { weight, bias, multiplier, inputZeroPoint, outputZeroPoint }: IntegerDense): number[] {
  return weight.map((row, o) => {
    const sum = row.reduce((total, w, i) => total + BigInt(w) * BigInt(x[i]! - inputZeroPoint), BigInt(bias[o]!));
    const q = Math.round(Number(sum) * multiplier[o]!) + outputZeroPoint;
    return [-128, q, 127].sort((a, b) => a - b)[1]!;
  });
}
function integerAdd(a: OnGrid, b: OnGrid, out: Stored): number[] {
  const reals = [a, b].map(({ q, scale, zeroPoint }) => q.map(one => scale * (one - zeroPoint)));
  const sums = reals[0]!.map((real, i) => real + reals[1]![i]!);
  return sums.map(sum => [-128, Number((sum / out.scale).toFixed(0)) + out.zeroPoint, 127].sort((x, y) => x - y)[1]!);
}`,
  ),
  conv(
    'a padded copy of the image',
    `function integerConv2d(x: NDArray, layer: IntegerConv): NDArray {
  const [h, w, c] = x.shape as [number, number, number];
  const [kh, kw, , outputs] = layer.kernel.shape as [number, number, number, number];
  const p = layer.padding;
  const [H, W] = [h + 2 * p, w + 2 * p];
  const padded = new Int32Array(H * W * c).fill(layer.inputZeroPoint);
  for (let i = 0; i < h; i++) for (let j = 0; j < w * c; j++) padded[((i + p) * W + p) * c + j] = x.data[i * w * c + j]!;
  const rows = Math.floor((H - kh) / layer.stride) + 1;
  const columns = Math.floor((W - kw) / layer.stride) + 1;
  const values: number[] = [];
  for (let r = 0; r < rows; r++)
    for (let s = 0; s < columns; s++)
      for (let o = 0; o < outputs; o++) {
        let sum = 0;
        for (let i = 0; i < kh; i++)
          for (let j = 0; j < kw * c; j++)
            sum += (padded[((r * layer.stride + i) * W + s * layer.stride) * c + j]! - layer.inputZeroPoint) * layer.kernel.data[(i * kw * c + j) * outputs + o]!;
        const q = Math.round((sum + layer.bias[o]!) * layer.multiplier[o]!) + layer.outputZeroPoint;
        values.push(Math.min(127, Math.max(-128, q)));
      }
  return array([rows, columns, outputs], values, 'int8');
}`,
  ),
  conv(
    'patches through a dense layer, numbers of 32 bits given out',
    `function integerConv2d(x: NDArray, layer: IntegerConv): NDArray {
  const [h, w, c] = x.shape as [number, number, number];
  const [kh, kw, , outputs] = layer.kernel.shape as [number, number, number, number];
  const out = (size: number, k: number) => 1 + Math.floor((size + 2 * layer.padding - k) / layer.stride);
  const shape = [out(h, kh), out(w, kw), outputs];
  const inside = (i: number, j: number) => i >= 0 && j >= 0 && i < h && j < w;
  const all = Array.from({ length: shape[0]! * shape[1]! }, (_, place) => {
    const top = Math.floor(place / shape[1]!) * layer.stride - layer.padding;
    const left = (place % shape[1]!) * layer.stride - layer.padding;
    const patch: number[] = [];
    for (let i = 0; i < kh; i++)
      for (let j = 0; j < kw; j++)
        for (let k = 0; k < c; k++) patch.push(inside(top + i, left + j) ? x.data[((top + i) * w + left + j) * c + k]! - layer.inputZeroPoint : 0);
    return Array.from({ length: outputs }, (__, o) => {
      const sum = patch.reduce((s, v, at) => s + v * layer.kernel.data[at * outputs + o]!, layer.bias[o]!);
      return Math.min(127, Math.max(-128, Math.round(layer.multiplier[o]! * sum) + layer.outputZeroPoint));
    });
  });
  return array(shape, all.flat(), 'int32');
}`,
  ),
  conv(
    'what each input adds, kernel outermost',
    `const integerConv2d = (x: NDArray, layer: IntegerConv): NDArray => {
  const { kernel, stride, padding } = layer;
  const [height, width, inputs] = x.shape as [number, number, number];
  const [tall, wide, , outputs] = kernel.shape as [number, number, number, number];
  const rows = Math.floor((height + 2 * padding - tall) / stride) + 1;
  const columns = Math.floor((width + 2 * padding - wide) / stride) + 1;
  const sums = new Int32Array(rows * columns * outputs);
  for (let i = 0; i < tall; i++)
    for (let j = 0; j < wide; j++)
      for (let r = 0; r < rows; r++)
        for (let s = 0; s < columns; s++) {
          const [y, z] = [r * stride + i - padding, s * stride + j - padding];
          if (y >= 0 && y < height && z >= 0 && z < width)
            for (let c = 0; c < inputs; c++)
              for (let o = 0; o < outputs; o++)
                sums[(r * columns + s) * outputs + o]! +=
                  (x.data[(y * width + z) * inputs + c]! - layer.inputZeroPoint) * kernel.data[((i * wide + j) * inputs + c) * outputs + o]!;
        }
  const stored = Array.from(sums, (sum, at) => Math.round(layer.multiplier[at % outputs]! * (sum + layer.bias[at % outputs]!)) + layer.outputZeroPoint);
  return array([rows, columns, outputs], stored.map(q => Math.max(-128, Math.min(127, q))), 'int8');
};`,
  ),
  conv(
    'tensors',
    withLibrary(`function integerConv2d(x: NDArray, layer: IntegerConv): NDArray {
  const { tf } = library;
  const { padding: p } = layer;
  const y = tf.tidy(() => {
    const image = tf.tensor4d(Float32Array.from(x.data), [1, ...x.shape] as [number, number, number, number]);
    const shifted = tf.pad(tf.sub(image, layer.inputZeroPoint), [[0, 0], [p, p], [p, p], [0, 0]]) as library.tf.Tensor4D;
    const kernel = tf.tensor4d(Float32Array.from(layer.kernel.data), layer.kernel.shape as [number, number, number, number]);
    const sums = tf.add(tf.conv2d(shifted, kernel, layer.stride, 'valid'), tf.tensor1d(layer.bias));
    const q = tf.add(tf.round(tf.mul(sums, tf.tensor1d(layer.multiplier))), layer.outputZeroPoint);
    return tf.clipByValue(q, -128, 127);
  });
  return array(y.shape.slice(1), Array.from(y.dataSync()), 'int8');
}`),
  ),
  ...spelled(
    'input-grid',
    'const toInteger = (pixel: number): number => Math.round(pixel / 255 / (1 / 255)) - 128;',
    'function toInteger(pixel: number): number {\n  return Math.min(127, Math.max(-128, Math.round((pixel / 255) * 255) - 128));\n}',
    'function toInteger(pixel: number): number {\n  return (pixel ^ 128) << 24 >> 24;\n}',
    'const toInteger = (pixel: number) => Int8Array.of(pixel - 128)[0]!;',
  ),
];
