import type { Shape } from '../../../../tensor/shape.ts';
import type { Table } from '../flatbuffer.ts';
import { paddings } from '../schema.ts';
import { optionOf, type Reading, refuseOperator } from './rule.ts';

/** Fields of the options of an operator with a window. */
interface WindowFields {
  readonly padding: number;
  readonly strideWidth: number;
  readonly strideHeight: number;
  readonly dilationWidth?: number;
  readonly dilationHeight?: number;
}

/** Steps and borders of a window, [down, right] each. */
export interface FileWindow {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: readonly [number, number];
}

interface Sizes {
  readonly image: Shape;
  /** [height, width]. */
  readonly kernel: Shape;
  readonly output: Shape;
}

/**
 * The window of an operator, its border worked out as LiteRT does: SAME leaves ⌈in / stride⌉ places and adds what that takes, the smaller half
 * before; VALID adds nothing. The output must have the size that follows.
 */
export function windowOf(reading: Reading, fields: WindowFields, { image, kernel, output }: Sizes): FileWindow {
  const number = (field: number | undefined): number =>
    field === undefined || field < 0 ? 1 : optionOf(reading, (o: Table) => o.int32(field, 1), 1);
  const stride = (field: number): number => optionOf(reading, (o: Table) => o.int32(field));
  const strides = [stride(fields.strideHeight), stride(fields.strideWidth)] as const;
  const dilations = [number(fields.dilationHeight), number(fields.dilationWidth)] as const;
  const kind = optionOf(reading, o => o.int8(fields.padding));
  if ([...strides, ...dilations].some(n => n < 1 || n > 2 ** 16))
    refuseOperator(reading, `its strides are [${strides}], its dilations [${dilations}].`);
  if (kind !== paddings.same && kind !== paddings.valid) refuseOperator(reading, `padding ${kind} is neither SAME nor VALID.`);
  if (image.length !== 4 || output.length !== 4 || kernel.length !== 2)
    refuseOperator(reading, `its window slides over [${image}] to [${output}]; both should be images [n, h, w, c].`);
  const borders = ([0, 1] as const).map(axis => {
    const [size, stride] = [image[axis + 1] as number, strides[axis]];
    const reach = ((kernel[axis] as number) - 1) * dilations[axis] + 1;
    const places = kind === paddings.same ? Math.ceil(size / stride) : Math.ceil((size - reach + 1) / stride);
    if (places !== output[axis + 1])
      refuseOperator(
        reading,
        `a window of ${kernel.join('×')} over [${image}] has ${places} places along axis ${axis + 1}, not those of [${output}].`,
      );
    return Math.floor(Math.max(0, (places - 1) * stride + reach - size) / 2);
  });
  return { strides, dilations, padding: borders as unknown as readonly [number, number] };
}
