import type { Conv2dStep } from '../../integer/conv2d.ts';
import { indented } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { unrolled } from '../scheduled/direct.ts';
import { columnBytes, columnsText, reachOf } from './columns.ts';
import { dspHelpers } from './helpers.ts';
import { type ConvLayer, convLayerOf, hasSmlad } from './layer.ts';
import { storesText } from './stores.ts';

/** Convolutions with SMLAD whose weights lie as the network has them, a row an output: each row is read and widened on its own. */
export const smladRows: Kernel<Conv2dStep> = {
  name: 'smlad-rows',
  fits: step => {
    const { schedule } = step;
    if (!hasSmlad(step) || !schedule?.simd || !schedule.im2col || schedule.interleaved !== false) return false;
    const [outputs, pixels] = schedule.block ?? [1, 1];
    const layer = convLayerOf(step);
    return layer !== undefined && layer.run % 4 === 0 && outputs >= 1 && outputs <= 2 && pixels >= 1 && pixels <= 4;
  },
  scratch: step => {
    const layer = convLayerOf(step) as ConvLayer;
    const pixels = Math.min(blockOf(step)[1], layer.places[1]);
    return columnBytes(layer, pixels) + reachOf(layer, pixels) * layer.image[2];
  },
  emit: emitRows,
};

const blockOf = ({ schedule }: CStep<Conv2dStep>): readonly [number, number] => schedule?.block ?? [1, 1];

function emitRows(step: CStep<Conv2dStep>, writer: CWriter): string {
  const layer = convLayerOf(step) as ConvLayer;
  const { places, out, strides, padding } = layer;
  writer.helper('dsp', dspHelpers);
  const most = Math.min(blockOf(step)[1], places[1]);
  const rest = places[1] % most;
  const outputs = outputsText(step, layer, writer);
  const part = (pixels: number, column: string): string => `{
  int across = ${column} * ${strides[1]} - ${padding[1]};
${indented(columnsText(layer, pixels, columnBytes(layer, most)))}
${indented(outputs(pixels))}
  y += ${pixels * out};
}`;
  const rows = [
    `for (int column = 0; column < ${places[1] - rest}; column += ${most}) ${part(most, 'column')}`,
    rest > 0 ? part(rest, `${places[1] - rest}`) : '',
  ];
  return `word32 *columns = (word32 *)scratch;\nfor (int row = 0; row < ${places[0]}; row++) {\n${indented(rows.filter(Boolean).join('\n'))}\n}`;
}

/** The C of all outputs of some pixels from their columns. */
function outputsText(step: CStep<Conv2dStep>, layer: ConvLayer, writer: CWriter): (pixels: number) => string {
  const { out, rows, bias, roundings } = layer;
  const wanted = Math.min(blockOf(step)[0], out);
  const rest = out % wanted;
  const weight = writer.constant('weight', 'int8', Int8Array.from(rows.data));
  const table = roundings.flatMap(({ multiplier, addend, shift }, o) => [bias[o] as number, multiplier, addend, shift]);
  const rounding = writer.constant('rounding', 'int32', table);
  const block = (outputs: number, pixels: number): string => {
    const each = [...Array(outputs).keys()];
    const columns = [...Array(pixels).keys()];
    const widened = each
      .map(o => `v${o} = load32(w + ${o * rows.depth} + k), e${o} = sxtb16(v${o}), f${o} = sxtb16_ror8(v${o})`)
      .join(', ');
    const products = each.flatMap(o =>
      columns.map(p => `s${o}${p} = smlad(e${o}, at[${p}], s${o}${p}); s${o}${p} = smlad(f${o}, at[${pixels + p}], s${o}${p});`),
    );
    return `const word32 *at = columns;
int32_t ${each.flatMap(o => columns.map(p => `s${o}${p} = q[${4 * o}]`)).join(', ')};
${unrolled(step.schedule?.unroll ?? 1)}for (int k = 0; k < ${rows.depth}; k += 4, at += ${2 * pixels}) { uint32_t ${widened}; ${products.join(' ')} }
${each
  .map(o =>
    storesText(
      layer,
      columns.map(p => `s${o}${p}`),
      { from: 4 * o + 1, at: o },
    ),
  )
  .join('\n')}`;
  };
  return pixels => {
    const start = `const int8_t *w = ${weight};\nconst int32_t *q = ${rounding};\nint8_t *out = y;`;
    const many = `for (int o = 0; o < ${out - rest}; o += ${wanted}, w += ${wanted * rows.depth}, q += ${4 * wanted}, out += ${wanted}) {\n${indented(block(wanted, pixels))}\n}`;
    return [start, many, rest > 0 ? `{\n${indented(block(rest, pixels))}\n}` : ''].filter(Boolean).join('\n');
  };
}
