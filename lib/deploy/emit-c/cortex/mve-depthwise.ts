import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { type ConvLayer, depthwiseLayerOf } from './layer.ts';
import { mveHelpers, wantsVectors } from './mve.ts';

/** Rows and columns of the image with the border that the windows see. */
function reachOf({ places, kernel, strides }: ConvLayer): readonly [number, number] {
  return [(places[0] - 1) * strides[0] + kernel[0], (places[1] - 1) * strides[1] + kernel[1]];
}

/**
 * Depthwise convolutions with vectors, eight channels at a time: they are copied with their border, so that their outputs may take the places where they lay,
 * and multiplied as int16; even and odd channels are summed up apart.
 */
export const mveDepthwise: Kernel<Conv2dStep> = {
  name: 'mve-channels',
  fits: step => step.core === 'cortex-m55' && wantsVectors(step) && reaches(depthwiseLayerOf(step)),
  scratch: step => {
    const [tall, wide] = reachOf(depthwiseLayerOf(step) as ConvLayer);
    return 8 * tall * wide;
  },
  emit: emitDepthwise,
};

/** Whether loads and sums reach from one row of the copy to the next. */
const reaches = (layer: ConvLayer | undefined): boolean => layer !== undefined && layer.kernel[1] <= 15 && 8 * reachOf(layer)[1] <= 4095;

function emitDepthwise(step: CStep<Conv2dStep>, writer: CWriter): string {
  const layer = depthwiseLayerOf(step) as ConvLayer;
  const { out, places, strides, inputZeroPoint } = layer;
  writer.include('arm_mve.h');
  writer.helper('mve', mveHelpers);
  const taps = layer.kernel[0] * layer.kernel[1];
  const weights = writer.constant('weight_slabs', 'int8', weightSlabs(layer));
  const rounding = writer.constant('rounding', 'int32', slabRoundings(layer));
  const [tall, wide] = reachOf(layer);
  return `int8_t *slab = (int8_t *)scratch;
const int8_t *w = ${weights};
const int32_t *q = ${rounding};
fill_bytes(slab, ${inputZeroPoint}, ${8 * tall * wide});
for (int c = 0; c < ${out}; c += 8, w += ${8 * taps}, q += 32) {
  mve_pred16_t lanes = vctp16q((uint32_t)(${out} - c));
${copyText(layer, tall, wide)}
  int8_t *out = y + c;
  for (int row = 0; row < ${places[0]}; row++) {
    const int8_t *place = slab + row * ${strides[0] * wide * 8};
    for (int column = 0; column < ${places[1]}; column++, place += ${8 * strides[1]}, out += ${out}) {
${tapsText(layer, wide)}
      even = scaled4(even, vldrwq_s32(rounding + 4), vldrwq_s32(rounding + 8), vldrwq_s32(rounding + 12));
      odd = scaled4(odd, vldrwq_s32(rounding + 20), vldrwq_s32(rounding + 24), vldrwq_s32(rounding + 28));
      v = vqmovntq_s32(vqmovnbq_s32(vdupq_n_s16(0), even), odd);
      v = vminq_s16(vmaxq_s16(v, vdupq_n_s16(${layer.store.low})), vdupq_n_s16(${layer.store.high}));
      vstrbq_p_s16(out, v, lanes);
    }
  }
}`;
}

/** Copies what the windows see of eight channels. */
function copyText({ image: [height, width, channels], padding }: ConvLayer, tall: number, wide: number): string {
  const [down, across] = [Math.min(height, tall - padding[0]), Math.min(width, wide - padding[1])];
  if (down <= 0 || across <= 0) return '';
  return `  for (int i = 0; i < ${down}; i++) {
    const int8_t *from = x + i * ${width * channels} + c;
    int8_t *to = slab + ((i + ${padding[0]}) * ${wide} + ${padding[1]}) * 8;
    for (int j = 0; j < ${across}; j++, from += ${channels}, to += 8) vstrbq_s16(to, vldrbq_z_s16(from, lanes));
  }`;
}

/** The products of one place with all places of the kernel, as assembly: compilers load all weights first and run out of registers. */
function tapsText({ kernel }: ConvLayer, wide: number): string {
  const taps = (i: number): string[] =>
    Array.from({ length: kernel[1] }, (_, j) => [
      `vldrb.s16 %q[v], [%[line], #${8 * j}]`,
      'vldrb.s16 %q[u], [%[weights]], #8',
      'vmullb.s16 %q[p], %q[v], %q[u]',
      'vadd.i32 %q[even], %q[even], %q[p]',
      'vmullt.s16 %q[p], %q[v], %q[u]',
      'vadd.i32 %q[odd], %q[odd], %q[p]',
    ])
      .flat()
      .concat(i + 1 < kernel[0] ? [`addw %[line], %[line], #${8 * wide}`] : []);
  const lines = Array.from({ length: kernel[0] }, (_, i) => taps(i)).flat();
  return `      const int8_t *weights = w, *line = place;
      const int32_t *rounding = q;
      __asm__ volatile("" : "+r"(rounding));
      int32x4_t even = vldrwq_s32(rounding), odd = vldrwq_s32(rounding + 16);
      int16x8_t v, u;
      int32x4_t p;
      __asm__ volatile(
${lines.map(line => `        "${line}\\n"`).join('\n')}
        : [even] "+w"(even), [odd] "+w"(odd), [weights] "+l"(weights), [line] "+l"(line), [v] "=&w"(v), [u] "=&w"(u), [p] "=&w"(p)
        :
        : "memory");`;
}

/** Weights of eight channels at a time, places of the kernel one behind the other. */
function weightSlabs({ rows, out, kernel }: ConvLayer): Int8Array {
  const taps = kernel[0] * kernel[1];
  const bytes: number[] = [];
  for (let first = 0; first < out; first += 8)
    for (let tap = 0; tap < taps; tap++)
      for (let c = first; c < first + 8; c++) bytes.push(c < out ? (rows.data[tap * out + c] as number) : 0);
  return Int8Array.from(bytes);
}

/** Biases, multipliers, addends and shifts to the left of the even ones of eight channels, then of the odd ones. */
function slabRoundings({ out, bias, roundings }: ConvLayer): number[] {
  const table: number[] = [];
  for (let first = 0; first < out; first += 8)
    for (const odd of [0, 1]) {
      const channels = [0, 2, 4, 6].map(i => Math.min(first + i + odd, out - 1));
      const parts = channels.map(o => roundings[o] as ConvLayer['roundings'][number]);
      table.push(...channels.map(o => bias[o] as number), ...parts.map(part => part.multiplier));
      table.push(...parts.map(part => part.addend), ...parts.map(part => -part.shift));
    }
  return table;
}
