import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { Declared } from '../../integer/op.ts';
import { indented, plus } from '../c-text.ts';
import { dspHelpers } from '../cortex/helpers.ts';
import { hasSmlad, isPlainInt8 } from '../cortex/layer.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { perChannel, type Store, storeOf } from '../store.ts';

/** Sizes of a convolution of one image without groups and dilation. */
export interface Sizes {
  readonly image: readonly [height: number, width: number, channels: number];
  readonly places: readonly [height: number, width: number];
  readonly out: number;
  readonly kernel: readonly [height: number, width: number];
}

/** The sizes of a step that schedules apply to: int8, one image, no groups, no dilation. */
export function sizesOf(step: CStep<Conv2dStep>): Sizes | undefined {
  if (!isPlainInt8(step)) return undefined;
  const [x, weight] = step.inputs as readonly [Declared, Declared];
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const [out = 1, kernelHeight = 1, kernelWidth = 1, deep = 1] = weight.shape;
  if (batch !== 1 || deep !== channels || step.attributes.dilations.some(n => n !== 1)) return undefined;
  const places = [step.output.shape[1] as number, step.output.shape[2] as number] as const;
  return { image: [height, width, channels], places, out, kernel: [kernelHeight, kernelWidth] };
}

/** The C of a bias, or 0. */
export function biasText({ inputs: [, , bias] }: CStep<Conv2dStep>, writer: CWriter): (channel: string) => string {
  return bias ? perChannel(writer, { name: 'bias', type: 'int32', values: Array.from(bias.data as Int32Array) }) : () => '0';
}

/** Loops run so often in a row, and no more. */
export const unrolled = (times: number): string => `_Pragma("GCC unroll ${times}") `;

/**
 * Convolutions without copies of their inputs, as a schedule says: outputs outside (`naive`) or inside (`reordered`) of the places of the kernel, products
 * one by one or, with SMLAD, four channels at a time.
 */
export const directConv: Kernel<Conv2dStep> = {
  name: 'direct',
  fits: step => {
    const { schedule } = step;
    const sizes = sizesOf(step);
    if (!schedule || schedule.im2col !== false || !sizes || schedule.block?.some(n => n !== 1)) return false;
    return !schedule.simd || (hasSmlad(step) && sizes.image[2] % 4 === 0);
  },
  scratch: step => (step.schedule?.loops === 'reordered' ? 4 * (sizesOf(step) as Sizes).out : 0),
  emit: (step, writer) => (step.schedule?.loops === 'reordered' ? reordered(step, writer) : naive(step, writer)),
};

/** The C that adds the products of one place of the kernel to `sum`: `pixel` and `w` point to the channels. */
function productsText(step: CStep<Conv2dStep>, writer: CWriter, channels: number): string {
  const { unroll = 1, simd = false } = step.schedule ?? {};
  const zero = step.attributes.inputZeroPoint;
  if (!simd) return `${unrolled(unroll)}for (int c = 0; c < ${channels}; c++) sum += (${plus('pixel[c]', -zero)}) * w[c];`;
  writer.helper('dsp', dspHelpers);
  const word = `${((zero & 0xffff) | (zero << 16)) >>> 0}u`;
  return `${unrolled(unroll)}for (int c = 0; c < ${channels}; c += 4) {
  uint32_t four = load32(pixel + c), weights = load32(w + c);
  sum = smlad(ssub16(sxtb16(four), ${word}), sxtb16(weights), sum);
  sum = smlad(ssub16(sxtb16_ror8(four), ${word}), sxtb16_ror8(weights), sum);
}`;
}

/** Loops over the places of the kernel that lie in the image. */
function placesText(
  { image: [height, width, channels], kernel }: Sizes,
  { attributes: { strides, padding } }: CStep<Conv2dStep>,
  body: string,
): string {
  return `for (int i = 0; i < ${kernel[0]}; i++) {
  int down = ${plus(`row * ${strides[0]} + i`, -padding[0])};
  if (down < 0 || down >= ${height}) continue;
  for (int j = 0; j < ${kernel[1]}; j++) {
    int right = ${plus(`column * ${strides[1]} + j`, -padding[1])};
    if (right < 0 || right >= ${width}) continue;
    const int8_t *pixel = x + (down * ${width} + right) * ${channels};
${indented(body, '    ')}
  }
}`;
}

const outputLoops = ({ places }: Sizes, body: string): string => `for (int row = 0; row < ${places[0]}; row++) {
  for (int column = 0; column < ${places[1]}; column++) {
${indented(body, '    ')}
  }
}`;

/** For each output all places of the kernel. */
function naive(step: CStep<Conv2dStep>, writer: CWriter): string {
  const sizes = sizesOf(step) as Sizes;
  const { kernel, image, out } = sizes;
  const weight = writer.constant('weight', 'int8', (step.inputs[1] as Declared).data as Int8Array);
  const bias = biasText(step, writer);
  const store: Store = storeOf(step.attributes, writer);
  const places = placesText(
    sizes,
    step,
    `const int8_t *w = ${weight} + ((o * ${kernel[0]} + i) * ${kernel[1]} + j) * ${image[2]};\n${productsText(step, writer, image[2])}`,
  );
  return outputLoops(
    sizes,
    `for (int o = 0; o < ${out}; o++) {\n  int32_t sum = ${bias('o')};\n${indented(places)}\n  *y++ = ${store('sum', 'o')};\n}`,
  );
}

/** For each place of the kernel all outputs, whose sums wait in memory. */
function reordered(step: CStep<Conv2dStep>, writer: CWriter): string {
  const sizes = sizesOf(step) as Sizes;
  const { kernel, image, out } = sizes;
  const read = step.schedule?.interleaved ?? false;
  const data = (step.inputs[1] as Declared).data as Int8Array;
  const weight = writer.constant('weight', 'int8', read ? asRead(data, sizes) : data);
  const bias = biasText(step, writer);
  const store: Store = storeOf(step.attributes, writer);
  const at = read ? `((i * ${kernel[1]} + j) * ${out} + o)` : `((o * ${kernel[0]} + i) * ${kernel[1]} + j)`;
  const body = `for (int o = 0; o < ${out}; o++) {
  const int8_t *w = ${weight} + ${at} * ${image[2]};
  int32_t sum = sums[o];
${indented(productsText(step, writer, image[2]))}
  sums[o] = sum;
}`;
  const all = `for (int o = 0; o < ${out}; o++) sums[o] = ${bias('o')};
${placesText(sizes, step, body)}
for (int o = 0; o < ${out}; o++) *y++ = ${store('sums[o]', 'o')};`;
  return `int32 *sums = (int32 *)scratch;\n${outputLoops(sizes, all)}`;
}

/** Weights [out, k_h, k_w, in] as [k_h, k_w, out, in]. */
function asRead(data: Int8Array, { kernel, image: [, , channels], out }: Sizes): Int8Array {
  const places = kernel[0] * kernel[1];
  const result = new Int8Array(data.length);
  for (let o = 0; o < out; o++)
    for (let place = 0; place < places; place++) {
      const from = (o * places + place) * channels;
      result.set(data.subarray(from, from + channels), (place * out + o) * channels);
    }
  return result;
}
