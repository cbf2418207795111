import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { DenseStep } from '../../integer/dense.ts';
import { indented } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { type ConvLayer, convLayerOf, denseLayerOf } from './layer.ts';

/** Helpers of the kernels with vectors: roundings of four sums, and copies of bytes. */
export const mveHelpers = `/* both roundings of TensorFlow Lite, zero point and all, of four sums: (high product + addend - 1 where negative) >> -left */
static inline int32x4_t scaled4(int32x4_t sums, int32x4_t multiplier, int32x4_t addend, int32x4_t left) {
  int32x4_t sign = vshrq_n_s32(sums, 31);
  return vshlq_s32(vaddq_s32(vaddq_s32(vqrdmulhq_s32(sums, multiplier), addend), sign), left);
}

static inline void copy_bytes(int8_t *to, const int8_t *from, int count) {
  for (; count > 0; count -= 16, to += 16, from += 16) {
    mve_pred16_t lanes = vctp8q((uint32_t)count);
    vstrbq_p_s8(to, vldrbq_z_s8(from, lanes), lanes);
  }
}

static inline void fill_bytes(int8_t *to, int8_t value, int count) {
  for (; count > 0; count -= 16, to += 16) vstrbq_p_s8(to, vdupq_n_s8(value), vctp8q((uint32_t)count));
}`;

/** Convolutions with vectors of 16 int8: products of inputs of one pixel, copied side by side, with four outputs' weights. Arm's M-profile vector extension. */
export const mveConv: Kernel<Conv2dStep> = mveKernel(convLayerOf);

/** Dense layers with vectors of 16 int8. */
export const mveDense: Kernel<DenseStep> = mveKernel(denseLayerOf);

function mveKernel<A>(layerOf: (step: CStep<A>) => ConvLayer | undefined): Kernel<A> {
  const layerWith = (step: CStep<A>): ConvLayer | undefined =>
    step.core === 'cortex-m55' && wantsVectors(step) ? layerOf(step) : undefined;
  return {
    name: 'mve',
    fits: step => layerWith(step) !== undefined,
    scratch: step => {
      const layer = layerWith(step) as ConvLayer;
      return isWhole(layer) ? 0 : layer.rows.depth;
    },
    emit: (step, writer) => emitMve(layerWith(step) as ConvLayer, writer),
  };
}

/** Whether a schedule, if there is one, asks for nothing else than vectors. */
export const wantsVectors = ({ schedule = {} }: Pick<CStep, 'schedule'>): boolean => (schedule.simd ?? true) && (schedule.im2col ?? true);

/** Whether the inputs of a pixel already lie side by side. */
const isWhole = ({ kernel, padding }: ConvLayer): boolean => kernel.every(n => n === 1) && padding.every(n => n === 0);

function emitMve(layer: ConvLayer, writer: CWriter): string {
  const { places, out, strides, padding, image } = layer;
  writer.include('arm_mve.h');
  writer.helper('mve', mveHelpers);
  const whole = isWhole(layer);
  const start = whole
    ? `const int8_t *column = x + (row * ${strides[0]} * ${image[1]} + place * ${strides[1]}) * ${image[2]};`
    : `int8_t *column = (int8_t *)scratch;\n${columnText(layer, `place * ${strides[1]} - ${padding[1]}`)}`;
  return `for (int row = 0; row < ${places[0]}; row++) {
  for (int place = 0; place < ${places[1]}; place++, y += ${out}) {
${indented(start, '    ')}
${indented(outputsText(layer, writer), '    ')}
  }
}`;
}

/** Copies what one output sees side by side. */
function columnText(
  { image: [height, width, channels], kernel, strides, padding, run, inputZeroPoint }: ConvLayer,
  across: string,
): string {
  return `int across = ${across}, down = row * ${strides[0]} - ${padding[0]};
int from = across < 0 ? -across : 0, to = across + ${kernel[1]} > ${width} ? ${width} - across : ${kernel[1]};
for (int i = 0; i < ${kernel[0]}; i++, down++) {
  int8_t *line = column + i * ${run};
  if ((unsigned)down >= ${height}u || to <= from) fill_bytes(line, ${inputZeroPoint}, ${run});
  else {
    if (from > 0) fill_bytes(line, ${inputZeroPoint}, from * ${channels});
    copy_bytes(line + from * ${channels}, x + (down * ${width} + across + from) * ${channels}, (to - from) * ${channels});
    if (to < ${kernel[1]}) fill_bytes(line + to * ${channels}, ${inputZeroPoint}, (${kernel[1]} - to) * ${channels});
  }
}`;
}

/** All outputs of a pixel, four at a time; those beyond the last channel are computed from the last one's weights and not stored. */
function outputsText(layer: ConvLayer, writer: CWriter): string {
  const { rows, out, store } = layer;
  const { depth } = rows;
  const weight = writer.constant('weight', 'int8', Int8Array.from(rows.data));
  const rounding = writer.constant('rounding', 'int32', roundingVectors(layer));
  const [whole, rest] = [Math.floor(depth / 16), depth % 16];
  const row = (o: number): string =>
    `w${o} = ${weight} + ${out % 4 === 0 ? `(o + ${o})` : `(o + ${o} < ${out} ? o + ${o} : ${out - 1})`} * ${depth}`;
  const each = [0, 1, 2, 3];
  const products = (load: (from: string) => string, rested: string): string =>
    `{ int8x16_t v = ${load('at')}; ${each.map(o => `s${o} = vmladavaq_s8(s${o}, v, ${load(`w${o}`)});`).join(' ')}${rested} }`;
  const lines = [
    whole > 0
      ? `_Pragma("GCC unroll 4") for (int k = 0; k < ${whole}; k++, at += 16, w0 += 16, w1 += 16, w2 += 16, w3 += 16) ${products(from => `vldrbq_s8(${from})`, '')}`
      : '',
    rest > 0 ? `{ mve_pred16_t lanes = vctp8q(${rest}); ${products(from => `vldrbq_z_s8(${from}, lanes)`, '')} }` : '',
  ];
  const stored = out % 4 === 0 ? 'vstrbq_s32(y + o, v);' : `vstrbq_p_s32(y + o, v, vctp32q((uint32_t)(${out} - o)));`;
  return `const int32_t *q = ${rounding};
for (int o = 0; o < ${out}; o += 4, q += 16) {
  const int8_t *at = column, *${each.map(row).join(', *')};
  int32_t s0 = q[0], s1 = q[1], s2 = q[2], s3 = q[3];
${indented(lines.filter(Boolean).join('\n'))}
  int32x4_t v = {s0, s1, s2, s3};
  ${scaleText(layer)}
  v = vminq_s32(vmaxq_s32(v, vdupq_n_s32(${store.low})), vdupq_n_s32(${store.high}));
  ${stored}
}`;
}

/** The roundings of four sums in `v`. */
function scaleText({ left }: ConvLayer): string {
  const [multiplier, addend, shift] = [4, 8, 12].map(at => `vldrwq_s32(q + ${at})`);
  if (left === undefined) return `v = scaled4(v, ${multiplier}, ${addend}, ${shift});`;
  return `v = vshlq_s32(vaddq_s32(vqrdmulhq_s32(vshlq_n_s32(v, ${left - 1}), ${multiplier}), ${addend}), ${shift});`;
}

/** For each four channels their biases, multipliers, addends and shifts to the left. */
function roundingVectors({ out, bias, roundings }: ConvLayer): number[] {
  const table: number[] = [];
  for (let first = 0; first < out; first += 4) {
    const channels = [0, 1, 2, 3].map(i => Math.min(first + i, out - 1));
    const of = (value: (o: number) => number): number[] => channels.map(value);
    const rounding = (o: number): ConvLayer['roundings'][number] => roundings[o] as ConvLayer['roundings'][number];
    table.push(
      ...of(o => bias[o] as number),
      ...of(o => rounding(o).multiplier),
      ...of(o => rounding(o).addend),
      ...of(o => -rounding(o).shift),
    );
  }
  return table;
}
