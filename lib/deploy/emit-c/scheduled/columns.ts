import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { Declared } from '../../integer/op.ts';
import { indented, plus } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { storeOf } from '../store.ts';
import { biasText, type Sizes, sizesOf, unrolled } from './direct.ts';

/**
 * Convolutions as products of matrices, one product at a time, as a schedule says: the inputs of some pixels are copied side by side (im2col), with the zero
 * point around the image, and meet the weights of some outputs; `interleaved` weights of these outputs lie side by side.
 */
export const columnConv: Kernel<Conv2dStep> = {
  name: 'im2col',
  fits: step => {
    const { schedule } = step;
    if (!schedule?.im2col || schedule.simd || !sizesOf(step)) return false;
    const [outputs, pixels] = schedule.block ?? [1, 1];
    return outputs >= 1 && outputs <= 4 && pixels >= 1 && pixels <= 4;
  },
  scratch: step => depthOf(sizesOf(step) as Sizes) * blockOf(step)[1],
  emit: emitColumns,
};

const depthOf = ({ kernel, image }: Sizes): number => kernel[0] * kernel[1] * image[2];

const blockOf = ({ schedule }: CStep<Conv2dStep>): readonly [number, number] => schedule?.block ?? [1, 1];

function emitColumns(step: CStep<Conv2dStep>, writer: CWriter): string {
  const sizes = sizesOf(step) as Sizes;
  const { places, out } = sizes;
  const pixels = blockOf(step)[1];
  const outputs = outputsText(step, writer);
  const rest = places[1] % pixels;
  const whole = places[1] - rest;
  const many =
    whole > 0
      ? `for (int column = 0; column < ${whole}; column += ${pixels}, y += ${pixels * out}) {\n${indented(copyText(step, sizes, pixels))}\n${indented(outputs(pixels))}\n}`
      : '';
  const few =
    rest > 0
      ? `{\n  int column = ${whole};\n${indented(copyText(step, sizes, rest))}\n${indented(outputs(rest))}\n  y += ${rest * out};\n}`
      : '';
  const rows = [many, few].filter(Boolean).join('\n');
  return `int8_t *columns = (int8_t *)scratch;\nfor (int row = 0; row < ${places[0]}; row++) {\n${indented(rows)}\n}`;
}

/** Copies what some neighbouring outputs see, a column an output. */
function copyText({ attributes: { strides, padding, inputZeroPoint } }: CStep<Conv2dStep>, sizes: Sizes, pixels: number): string {
  const {
    image: [height, width, channels],
    kernel,
  } = sizes;
  return `int8_t *to = columns;
for (int p = 0; p < ${pixels}; p++)
  for (int i = 0; i < ${kernel[0]}; i++)
    for (int j = 0; j < ${kernel[1]}; j++, to += ${channels}) {
      int down = ${plus(`row * ${strides[0]} + i`, -padding[0])}, right = ${plus(`(column + p) * ${strides[1]} + j`, -padding[1])};
      if (down < 0 || down >= ${height} || right < 0 || right >= ${width}) __builtin_memset(to, ${inputZeroPoint}, ${channels});
      else __builtin_memcpy(to, x + (down * ${width} + right) * ${channels}, ${channels});
    }`;
}

/** The C of all outputs of some pixels. */
function outputsText(step: CStep<Conv2dStep>, writer: CWriter): (pixels: number) => string {
  const sizes = sizesOf(step) as Sizes;
  const { out } = sizes;
  const wanted = Math.min(blockOf(step)[0], out);
  const rest = out % wanted;
  const depth = depthOf(sizes);
  const data = (step.inputs[1] as Declared).data as Int8Array;
  const interleaved = (step.schedule?.interleaved ?? false) && wanted > 1;
  const weight = writer.constant('weight', 'int8', interleaved ? sideBySide(data, depth, wanted) : data);
  const bias = biasText(step, writer);
  const store = storeOf(step.attributes, writer);
  const { unroll = 1 } = step.schedule ?? {};
  const zero = step.attributes.inputZeroPoint;
  const block = (outputs: number, pixels: number): string => {
    const each = [...Array(outputs).keys()];
    const columns = [...Array(pixels).keys()];
    const sums = each.map(o => columns.map(p => `s${o}${p} = b${o}`).join(', ')).join(', ');
    const w = (o: number): string => (interleaved ? `w[k * ${outputs}${o ? ` + ${o}` : ''}]` : `w[${o > 0 ? `${o * depth} + ` : ''}k]`);
    const loads = [
      ...each.map(o => `w${o} = ${w(o)}`),
      ...columns.map(p => `c${p} = ${plus(`columns[${p > 0 ? `${p * depth} + ` : ''}k]`, -zero)}`),
    ];
    const products = each.flatMap(o => columns.map(p => `s${o}${p} += w${o} * c${p};`)).join(' ');
    const stores = each.flatMap(o =>
      columns.map(p => `y[${p * out} + o${o ? ` + ${o}` : ''}] = ${store(`s${o}${p}`, o ? `o + ${o}` : 'o')};`),
    );
    return `const int8_t *w = ${weight} + o * ${depth};
int32_t ${each.map(o => `b${o} = ${bias(o ? `o + ${o}` : 'o')}`).join(', ')};
int32_t ${sums};
${unrolled(unroll)}for (int k = 0; k < ${depth}; k++) { int32_t ${loads.join(', ')}; ${products} }
${stores.join('\n')}`;
  };
  return pixels => {
    const many = `for (int o = 0; o < ${out - rest}; o += ${wanted}) {\n${indented(block(wanted, pixels))}\n}`;
    return rest > 0 ? `${many}\n{\n  int o = ${out - rest};\n${indented(block(rest, pixels))}\n}` : many;
  };
}

/** Rows of weights, some at a time side by side: the first number of each, then the second of each, and so on; rows that are left over among themselves. */
function sideBySide(data: Int8Array, depth: number, outputs: number): Int8Array {
  const result: number[] = [];
  const rows = data.length / depth;
  for (let o = 0; o < rows; o += outputs)
    for (let k = 0; k < depth; k++)
      for (let row = o; row < Math.min(rows, o + outputs); row++) result.push(data[row * depth + k] as number);
  return Int8Array.from(result);
}
