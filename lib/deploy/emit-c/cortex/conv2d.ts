import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { DenseStep } from '../../integer/dense.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { columnBytes, columnsText, reachOf, widenText } from './columns.ts';
import { type DotShape, dotText, sumNames } from './dot.ts';
import { dspHelpers, nibbleHelpers } from './helpers.ts';
import { type ConvLayer, convLayerOf, denseLayerOf, hasSmlad } from './layer.ts';
import { pairsOfRuns } from './layout.ts';
import { storesText } from './stores.ts';
import { type BlockOrder, blockWords, outputBlocks, packedBytes, packedHalves, packedNibbles } from './weights.ts';

type Pixels = 1 | 2 | 3 | 4;

/** How a kernel of SMLADs runs: bits of a stored weight, outputs and pixels of a block. */
export interface SmladShape {
  readonly bits: 4 | 8 | 16;
  readonly outputs: 1 | 2;
  readonly pixels: Pixels;
}

/** The parts of a layer's C that its blocks share. */
interface Parts {
  readonly layer: ConvLayer;
  readonly shape: SmladShape;
  readonly pairs: number;
  readonly weights: string;
  readonly rounding: string;
  /** Where in scratch the weights of a block go that have 4 bits in flash, and their words. */
  readonly unpacked: number;
  readonly words: number;
}

/** What a schedule, or without one the kernel, makes of the blocks; nothing where it asks for something else than SMLADs from columns. */
export function smladShapeOf({ schedule = {}, int4 }: Pick<CStep, 'schedule' | 'int4'>): SmladShape | undefined {
  const { loops, simd = true, im2col = true, interleaved = true, block = [2, 4], unroll = 4, weightBits: bits = int4 ? 4 : 8 } = schedule;
  const [outputs, pixels] = block;
  if (loops === 'naive' || !simd || !im2col || !interleaved || unroll !== 4 || outputs < 1 || outputs > 2 || pixels < 1 || pixels > 4)
    return undefined;
  return { bits, outputs, pixels } as SmladShape;
}

/** Convolutions with SMLAD: inputs of some pixels, widened once, meet the weights of two outputs at a time. Lai, Suda and Chandra 2018 (CMSIS-NN). */
export const smladConv: Kernel<Conv2dStep> = smladKernel(convLayerOf);

/** Dense layers with SMLAD, as 1 × 1 convolutions of their rows. */
export const smladDense: Kernel<DenseStep> = smladKernel(denseLayerOf);

/** Layers that are convolutions, or can be seen as such. */
function smladKernel<A>(layerOf: (step: CStep<A>) => ConvLayer | undefined): Kernel<A> {
  return {
    name: 'smlad',
    fits: step => hasSmlad(step) && smladShapeOf(step) !== undefined && layerOf(step) !== undefined,
    scratch: step => scratchBytes(layerOf(step) as ConvLayer, smladShapeOf(step) as SmladShape),
    weightBits: step => (smladShapeOf(step) as SmladShape).bits,
    widened: step => widened(layerOf(step) as ConvLayer, smladShapeOf(step) as SmladShape),
    emit: (step, writer) => emitConv(layerOf(step) as ConvLayer, writer, smladShapeOf(step) as SmladShape),
  };
}

function scratchBytes(layer: ConvLayer, wanted: SmladShape): number {
  return unpackedAt(layer, wanted) + (wanted.bits === 4 ? 8 * Math.ceil(blockWords(orderOf(layer, wanted)) / 2) : 0);
}

/** Where in scratch the weights of a block lie that had 4 bits: behind columns and windows. */
function unpackedAt(layer: ConvLayer, wanted: SmladShape): number {
  const pixels = Math.min(wanted.pixels, pixelsOf(layer));
  const bytes = columnBytes(layer, pixels) + (isPoint(layer) ? 0 : reachOf(layer, pixels) * layer.image[2]);
  return wanted.bits === 4 ? 4 * Math.ceil(bytes / 4) : bytes;
}

const orderOf = (layer: ConvLayer, { outputs }: SmladShape): BlockOrder => ({
  pairs: pairsOfRuns(layer.run, layer.kernel[0]),
  outputs: layer.out === 1 ? 1 : outputs,
});

/** Weights of 8 bits: a load and two SXTB16 for two pairs; of 16 bits LDRD, or a load for each pair. */
function widened(layer: ConvLayer, shape: SmladShape): { readonly bytes: number; readonly saved: number } {
  const outputs = layer.out === 1 ? 1 : shape.outputs;
  const pairs = pairsOfRuns(layer.run, layer.kernel[0]).length;
  const blocks = outputBlocks(layer.out, outputs).length;
  const bytes = 4 * blocks * (outputs * pairs - (outputs === 2 ? pairs : Math.ceil(pairs / 2)));
  const rows = isPoint(layer) ? 1 : layer.places[0];
  return { bytes, saved: blocks * pairs * (outputs === 2 ? 2 : 0.5) * rows * Math.ceil(pixelsOf(layer) / shape.pixels) };
}

const isPoint = ({ kernel, strides, padding }: ConvLayer): boolean =>
  [...kernel, ...strides].every(n => n === 1) && padding.every(n => n === 0);

/** Pixels that are computed one behind the other: all of them, or those of a row. */
const pixelsOf = (layer: ConvLayer): number => (isPoint(layer) ? layer.places[0] * layer.places[1] : layer.places[1]);

function emitConv(found: ConvLayer, writer: CWriter, wanted: SmladShape): string {
  const order = orderOf(found, wanted);
  const { outputs, pairs } = order;
  const layer = { ...found, doubled: isPoint(found) && found.left === undefined && found.out > pairs.length };
  writer.helper('dsp', dspHelpers);
  if (wanted.bits === 4) writer.helper('dsp_nibbles', nibbleHelpers);
  const weights = {
    4: () => writer.constant('weight_words', 'uint8', packedNibbles(layer.rows, order)),
    8: () => writer.constant('weight_words', 'int8', packedBytes(layer.rows, order)),
    16: () => writer.constant('weight_words', 'int16', packedHalves(layer.rows, order)),
  }[wanted.bits]();
  const rounding = writer.constant('rounding', 'int32', roundingWords(layer, outputs));
  const parts = {
    layer,
    shape: { ...wanted, outputs },
    pairs: pairs.length,
    weights,
    rounding,
    unpacked: unpackedAt(found, wanted),
    words: blockWords(order),
  };
  return `word32 *columns = (word32 *)scratch;\n${isPoint(layer) ? pointText(parts) : windowText(parts)}`;
}

/** For each block: biases, then multiplier, addend and shift of each output. */
export function roundingWords({ bias, roundings, out, doubled }: ConvLayer, outputs: 1 | 2): number[] {
  return outputBlocks(out, outputs).flatMap(first => {
    const channels = Array.from({ length: outputs }, (_, i) => first + i);
    const words = channels.flatMap(o => {
      const { multiplier, addend, shift } = roundings[o] as ConvLayer['roundings'][number];
      return [multiplier, addend, shift];
    });
    return [...channels.map(o => ((doubled ? 2 : 1) * (bias[o] as number)) | 0), ...words];
  });
}

/** All outputs of some pixels from their columns. */
function blockText({ layer, shape, pairs, weights, rounding, unpacked, words }: Parts, pixels: Pixels): string {
  const { outputs, bits } = shape;
  const dot: DotShape = { outputs, pixels, pairs, bits: bits === 4 ? 8 : bits };
  const wide = `(word32 *)(scratch + ${unpacked})`;
  const names = sumNames(dot);
  const blocks = outputBlocks(layer.out, outputs).length;
  const odd = outputs === 2 && layer.out % 2 === 1;
  return `{
  const void *${bits === 4 ? 'packed' : 'w'} = ${weights};
  const int32_t *q = ${rounding};
  int8_t *out = y;
  for (int block = 0; block < ${blocks}; block++) {
    const word32 *at = columns;${bits === 4 ? `\n    packed = unpack4(packed, ${wide}, ${Math.ceil(words / 2)});\n    const void *w = ${wide};` : ''}
    int32_t ${names.map((row, o) => [`${row[0]} = q[${o}]`, ...row.slice(1)].join(', ')).join(', ')};
${dotText(dot)}
${names.map((row, o) => storesText(layer, row, { from: outputs + 3 * o, at: o })).join('\n')}
    q += ${4 * outputs};
    out += ${outputs};${odd ? `\n    if (block == ${blocks - 2}) out--;` : ''}
  }
}`;
}

/** A 1 × 1 convolution: pixels lie one behind the other. */
function pointText(parts: Parts): string {
  const { layer, shape } = parts;
  const [, , channels] = layer.image;
  const count = pixelsOf(layer);
  const part = (pixels: number): string => `{
  const int8_t *s = x;
  word32 *d = columns;
${widenText(channels, pixels, { stride: channels, doubled: layer.doubled === true })}
${blockText(parts, pixels as Pixels)}
}`;
  return chunks(count, shape.pixels, {
    many: (whole, pixels) => `for (int n = 0; n < ${whole}; n++, x += ${pixels * channels}, y += ${pixels * layer.out}) ${part(pixels)}`,
    rest: pixels => part(pixels),
  });
}

/** Text for as many whole blocks of pixels as there are, and for those that are left over. */
function chunks(
  count: number,
  pixels: number,
  text: { readonly many: (whole: number, pixels: number) => string; readonly rest: (pixels: number, from: number) => string },
): string {
  const whole = Math.floor(count / pixels);
  const rest = count % pixels;
  return [whole > 0 ? text.many(whole, pixels) : '', rest > 0 ? text.rest(rest, whole * pixels) : ''].join('\n');
}

/** Windows of any size: rows of outputs, some pixels at a time. */
function windowText(parts: Parts): string {
  const { layer, shape } = parts;
  const { places, out, strides, padding } = layer;
  const part = (pixels: number, from: string): string => `{
int across = (${from}) * ${strides[1]} - ${padding[1]};
${columnsText(layer, pixels, columnBytes(layer, Math.min(shape.pixels, places[1])))}
${blockText(parts, pixels as Pixels)}
y += ${pixels * out};
}`;
  const rows = chunks(places[1], shape.pixels, {
    many: (whole, pixels) => `for (int column = 0; column < ${whole * pixels}; column += ${pixels}) ${part(pixels, 'column')}`,
    rest: (pixels, from) => part(pixels, `${from}`),
  });
  return `for (int row = 0; row < ${places[0]}; row++) {\n${rows}\n}`;
}
