import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { dspHelpers } from './helpers.ts';
import { type ConvLayer, depthwiseLayerOf, hasSmlad } from './layer.ts';
import { clampText, signFree } from './requantize.ts';
import type { WeightRows } from './weights.ts';

/** A padded channel as int16: rows of whole words. */
export function channelBuffer({ places, kernel, strides }: ConvLayer): { readonly rows: number; readonly words: number } {
  const reach = (side: 0 | 1): number => (places[side] - 1) * strides[side] + kernel[side];
  return { rows: reach(0), words: Math.ceil(reach(1) / 2) };
}

/**
 * Depthwise convolutions with SMLAD, one channel after the other: it is copied to a padded image of int16, from which neighbours come as pairs, and its
 * outputs go where the channel lies, so that the output may lie over the input. Lin et al. 2020 (MCUNet), in-place depthwise convolution.
 */
export const smladDepthwise: Kernel<Conv2dStep> = {
  name: 'smlad-channel',
  fits: step => {
    const layer = depthwiseLayerOf(step);
    const { simd = true } = step.schedule ?? {};
    return simd && hasSmlad(step) && layer !== undefined && layer.strides[1] <= 2 && reaches(layer);
  },
  scratch: step => {
    const { rows, words } = channelBuffer(depthwiseLayerOf(step) as ConvLayer);
    return 4 * rows * words;
  },
  emit: emitDepthwise,
};

/**
 * Weights of a channel, doubled, as words, row by row: pairs [w0, w1], [w2, w3], … for outputs that begin with a word and, for a stride of 1, [w1, w2], … for
 * those that begin within one. Doubled sums need no shift before they are rounded.
 */
function channelWords({ data, out }: WeightRows, layer: ConvLayer, channel: number): number[] {
  const [height, width] = layer.kernel;
  const words: number[] = [];
  for (let i = 0; i < height; i++) {
    const at = (j: number): number => (j < width ? 2 * (data[(i * width + j) * out + channel] as number) : 0);
    for (const j of wordStarts(layer)) words.push((at(j) & 0xffff) | (at(j + 1) << 16));
  }
  return words;
}

/** Where the pairs of a row begin: even ones, then odd ones. */
function wordStarts({ kernel: [, width], strides }: ConvLayer): readonly number[] {
  const even = Array.from({ length: Math.ceil(width / 2) }, (_, i) => 2 * i);
  const odd = Array.from({ length: Math.floor(width / 2) }, (_, i) => 2 * i + 1);
  return strides[1] === 1 ? [...even, ...odd] : even;
}

/** Whether loads from the pointers to inputs and weights reach all rows of the kernel. */
function reaches(layer: ConvLayer): boolean {
  const { words } = channelBuffer(layer);
  return (
    4 * (words * layer.kernel[0] + 8) <= 4095 &&
    4 * (4 + layer.kernel[0] * wordStarts(layer).length) <= 4095 &&
    blockSize(layer) + inputWords(layer, blockSize(layer)) <= 10
  );
}

function emitDepthwise(step: CStep<Conv2dStep>, writer: CWriter): string {
  const layer = depthwiseLayerOf(step) as ConvLayer;
  writer.helper('dsp', dspHelpers);
  const { out, roundings, bias, rows } = layer;
  const table: number[] = [];
  for (let o = 0; o < out; o++) {
    const { multiplier, addend, shift } = roundings[o] as ConvLayer['roundings'][number];
    table.push((2 * (bias[o] as number)) | 0, multiplier, addend, shift, ...channelWords(rows, layer, o));
  }
  const name = writer.constant('channels', 'int32', table);
  const { rows: tall, words } = channelBuffer(layer);
  const each = 4 + layer.kernel[0] * wordStarts(layer).length;
  return `const int32_t *q = ${name};
int16 *image = (int16 *)scratch;
for (int i = 0; i < ${2 * tall * words}; i++) image[i] = ${layer.inputZeroPoint};
for (int channel = 0; channel < ${out}; channel++, x++, y++, q += ${each}) {
${copyText(layer, words)}
  int32_t multiplier = q[1], addend = q[2], right = q[3];
  int8_t *out = y;
${placesText(layer, words)}
}`;
}

/** Copies what the windows see of a channel. */
function copyText({ image: [height, width, channels], padding, places, kernel, strides }: ConvLayer, words: number): string {
  const seen = (side: 0 | 1, length: number): number => Math.min(length, (places[side] - 1) * strides[side] + kernel[side] - padding[side]);
  const [down, across] = [seen(0, height), seen(1, width)];
  if (down <= 0 || across <= 0) return '';
  return `  {
    const int8_t *from = x;
    int16 *to = image + ${2 * words * padding[0] + padding[1]};
    for (int i = 0; i < ${down}; i++, from += ${(width - across) * channels}, to += ${2 * words - across})
      _Pragma("GCC unroll 8") for (int j = 0; j < ${across}; j++, from += ${channels}) *to++ = *from;
  }`;
}

/** The most outputs of a row whose sums, inputs and weights have registers at the same time. */
function blockSize(layer: ConvLayer): number {
  for (let size = 4; size > 1; size--) if (size + inputWords(layer, size) + 2 + 2 <= 14) return size;
  return 1;
}

/** Words of inputs under one row of the kernel for some outputs. */
const inputWords = ({ strides, kernel }: ConvLayer, size: number): number => Math.floor(((size - 1) * strides[1] + kernel[1] - 1) / 2) + 1;

/** All outputs of a channel: rows of blocks. */
function placesText(layer: ConvLayer, words: number): string {
  const { places, strides } = layer;
  const most = blockSize(layer);
  // blocks begin at whole words
  const size = strides[1] === 1 && most > 1 ? most - (most % 2) : most;
  const whole = Math.floor(places[1] / size);
  const rest = places[1] % size;
  const step = (size * strides[1]) / 2;
  const many = whole > 0 ? `    for (int n = 0; n < ${whole}; n++, p += ${step}) {\n${blockText(layer, words, size)}\n    }` : '';
  const few = rest > 0 ? `    {\n${blockText(layer, words, rest)}\n    }` : '';
  return `  for (int row = 0; row < ${places[0]}; row++) {
    const word32 *p = (const word32 *)image + row * ${strides[0] * words};
${[many, few].filter(Boolean).join('\n')}
  }`;
}

/** Some outputs of a row, side by side. */
function blockText(layer: ConvLayer, words: number, size: number): string {
  const { out, store } = layer;
  const sums = Array.from({ length: size }, (_, n) => `s${n}`);
  const scale = signFree(store) ? 'scaled_double_positive' : 'scaled_double';
  const stores = sums.map((sum, n) => `out[${n * out}] = (int8_t)${clampText(store, `${scale}(${sum}, multiplier, addend, right)`)};`);
  const inputs = Array.from({ length: inputWords(layer, size) }, (_, j) => `in${j}`);
  const outputs = [...sums, ...inputs, 'w0', 'w1'].map(name => `[${name}] "=&r"(${name})`);
  return `      int32_t ${sums.join(', ')};
      uint32_t ${inputs.join(', ')}, w0, w1;
      __asm__(
${sumLines(layer, words, size)
  .map(line => `        "${line}\\n"`)
  .join('\n')}
        : ${outputs.join(', ')}
        : [p] "r"(p), [q] "r"(q)
        : "memory");
      ${stores.join('\n      ')}
      out += ${size * out};`;
}

/** Loads of neighbouring words into registers, two at a time where the instruction reaches. */
function loadLines(names: readonly string[], base: string, word: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < names.length; i += 2) {
    const at = 4 * (word + i);
    const [first, second] = [names[i], names[i + 1]];
    if (second === undefined) lines.push(`ldr %[${first}], [%[${base}], #${at}]`);
    else if (at <= 1020) lines.push(`ldrd %[${first}], %[${second}], [%[${base}], #${at}]`);
    else lines.push(`ldr %[${first}], [%[${base}], #${at}]`, `ldr %[${second}], [%[${base}], #${at + 4}]`);
  }
  return lines;
}

/** The sums of some outputs of a row, row by row of the kernel. */
function sumLines(layer: ConvLayer, words: number, size: number): string[] {
  const { kernel } = layer;
  const starts = wordStarts(layer).length;
  const inputs = Array.from({ length: inputWords(layer, size) }, (_, j) => `in${j}`);
  const begun = new Set<number>();
  const lines = [`ldr %[s0], [%[q]]`];
  for (let i = 0; i < kernel[0]; i++) {
    lines.push(...loadLines(inputs, 'p', i * words));
    for (let j = 0; j < starts; j += 2) {
      lines.push(...loadLines(['w0', 'w1'].slice(0, starts - j), 'q', 4 + i * starts + j));
      for (const { sum, text } of [...usesOf(layer, size, j), ...(j + 1 < starts ? usesOf(layer, size, j + 1) : [])])
        lines.push(`${text}, %[s${begun.has(sum) || sum === 0 ? sum : 0}]`), begun.add(sum);
    }
  }
  return lines;
}

/** What a word of weights is multiplied with, the last outputs first: the sum of output 0 holds where the others begin. */
function usesOf(
  { kernel: [, width], strides }: ConvLayer,
  size: number,
  word: number,
): readonly { readonly sum: number; readonly text: string }[] {
  const evens = Math.ceil(width / 2);
  const uses: { sum: number; text: string }[] = [];
  const use = (sum: number, op: string, x: number): void => void uses.push({ sum, text: `${op} %[s${sum}], %[in${x}], %[w${word % 2}]` });
  for (let n = size - 1; n >= 0; n--) {
    const first = n * strides[1];
    const at = Math.floor(first / 2);
    if (first % 2 === 0 && word < evens) use(n, 2 * word + 1 === width ? 'smlabb' : 'smlad', at + word);
    if (first % 2 === 1 && word === 0) use(n, 'smlatb', at);
    if (first % 2 === 1 && word >= evens) use(n, 2 * (word - evens) + 2 === width ? 'smlabb' : 'smlad', at + 1 + word - evens);
  }
  return uses;
}
