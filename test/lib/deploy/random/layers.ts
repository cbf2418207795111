import type { ElementType } from '../../../../lib/deploy/program.ts';
import type { Random } from '../../../../lib/tensor/random.ts';
import { type Shape, sizeOf } from '../../../../lib/tensor/shape.ts';
import type { Builder, Place } from './builder.ts';
import { activation, requantization, result, zeroPointOf } from './numbers.ts';

// Steps with a kernel.

export const isNarrow = ({ type }: Place): boolean => ['int4', 'int8', 'uint8', 'int16'].includes(type);
export const isImage = (place: Place): boolean => place.shape.length === 4 && sizeOf(place.shape) > 0 && isNarrow(place);

/** An image [n, h, w, c] of 16 bits or fewer; n is mostly 1. */
export function takeImage(builder: Builder): Place {
  const { rng } = builder;
  return builder.take(isImage, () => ({
    type: activation(rng),
    shape: [rng.pick([1, 1, 1, 2]), rng.int(1, 9), rng.int(1, 9), rng.pick([1, 2, 3, 4, 5, 8, 17])],
  }));
}

/** Weight and bias, the latter at times left out, and the zero points of both sides. */
function sums(
  builder: Builder,
  x: Place,
  { shape, channels, depth }: { readonly shape: Shape; readonly channels: number; readonly depth: number },
): { readonly inputs: readonly (Place | undefined)[]; readonly attributes: Record<string, number | number[]>; readonly type: ElementType } {
  const { rng } = builder;
  const weightType = rng.pick(['int8', 'int8', 'int8', 'int4', 'uint8', 'int16'] as const);
  const weight = builder.constant(weightType, shape);
  const biases = [
    undefined,
    builder.constant(
      'int32',
      [channels],
      Int32Array.from({ length: channels }, () => rng.int(-5000, 5000)),
    ),
  ];
  const wide = x.type === 'int16' ? [builder.constant('int64', [channels])] : [];
  const bias = rng.pick([...biases, ...wide]);
  const type = result(rng);
  const bitsOf = (of: ElementType): number => ({ int4: 3, int8: 6.5, uint8: 7, int16: 14 })[of as 'int8'];
  const reach = bitsOf(x.type) + bitsOf(weightType) + Math.log2(depth) / 2 + 2;
  const each = rng.int(0, 3) === 0;
  const weightZeroPoint = Array.from({ length: each ? channels : 1 }, () => (rng.int(0, 1) === 0 ? 0 : zeroPointOf(weightType, rng)));
  const attributes = { inputZeroPoint: zeroPointOf(x.type, rng), weightZeroPoint, ...requantization(type, { channels, reach, rng }) };
  return { inputs: [x, weight, bias], attributes, type };
}

/** Strides, dilations, padding and a kernel over one axis, and how long the output is: at least 1. */
function axis(length: number, rng: Random): { kernel: number; stride: number; dilation: number; before: number; out: number } {
  const kernel = rng.int(1, 4);
  const [stride, dilation] = [rng.pick([1, 1, 2, 3]), rng.pick([1, 1, 1, 2])];
  const span = (kernel - 1) * dilation + 1;
  const [before, after] = [rng.int(0, span - 1), rng.int(0, span - 1)];
  return { kernel, stride, dilation, before, out: Math.max(1, Math.floor((length + before + after - span) / stride) + 1) };
}

function sliding(x: Place, rng: Random): { readonly kernel: Shape; readonly out: Shape; readonly attributes: Record<string, number[]> } {
  const [h, w] = [axis(x.shape[1] as number, rng), axis(x.shape[2] as number, rng)];
  const attributes = { strides: [h.stride, w.stride], dilations: [h.dilation, w.dilation], padding: [h.before, w.before] };
  return { kernel: [h.kernel, w.kernel], out: [h.out, w.out], attributes };
}

export function conv2d(builder: Builder): void {
  const { rng } = builder;
  const x = takeImage(builder);
  const [n, , , c] = x.shape as [number, number, number, number];
  const groups = rng.int(0, 3) === 0 ? rng.pick([1, 2, 3, 4, 5, c].filter(g => c % g === 0)) : 1;
  const channels = groups * rng.pick([1, 1, 2, 3, 7]);
  const { kernel, out, attributes } = sliding(x, rng);
  const shape = [channels, ...kernel, c / groups];
  const parts = sums(builder, x, { shape, channels, depth: sizeOf(shape.slice(1)) });
  builder.step('conv2d', parts.inputs, { type: parts.type, shape: [n, ...out, channels], ...attributes, ...parts.attributes });
}

export function depthwiseConv2d(builder: Builder): void {
  const x = takeImage(builder);
  const [n, , , c] = x.shape as [number, number, number, number];
  const channels = c * builder.rng.pick([1, 1, 1, 2, 3]);
  const { kernel, out, attributes } = sliding(x, builder.rng);
  const parts = sums(builder, x, { shape: [1, ...kernel, channels], channels, depth: sizeOf(kernel) });
  builder.step('depthwise-conv2d', parts.inputs, { type: parts.type, shape: [n, ...out, channels], ...attributes, ...parts.attributes });
}

export function conv2dTranspose(builder: Builder): void {
  const { rng } = builder;
  const x = takeImage(builder);
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const channels = rng.int(1, 5);
  const { kernel, attributes } = sliding(x, rng);
  const grown = [h, w].map((length, a) => Math.max(1, (length - 1) * ((attributes.strides as number[])[a] as number) + rng.int(0, 5)));
  const parts = sums(builder, x, { shape: [channels, ...kernel, c], channels, depth: c * sizeOf(kernel) });
  builder.step('conv2d-transpose', parts.inputs, { type: parts.type, shape: [n, ...grown, channels], ...attributes, ...parts.attributes });
}

export function dense(builder: Builder): void {
  const { rng } = builder;
  const x = builder.take(
    place => isNarrow(place) && place.shape.length > 0 && sizeOf(place.shape) > 0,
    () => ({ type: activation(rng), shape: rng.pick([[1, rng.int(1, 40)], [1, rng.int(1, 3), rng.int(1, 9)], [rng.int(1, 20)]]) }),
  );
  const depth = x.shape.at(-1) as number;
  const channels = rng.pick([1, 2, 3, 10, 17]);
  const parts = sums(builder, x, { shape: [channels, depth], channels, depth });
  const { multiplier, shift } = parts.attributes as { multiplier: number[]; shift: number[] };
  // the real factors that the multipliers stand for, and now and then any
  const real = (m: number, i: number): number =>
    rng.int(0, 9) === 0 ? rng.pick([0.5, 1e-9, 1e9, 1 / 3]) : (Math.abs(m) + 1) * 2 ** ((shift[i] as number) - 31);
  const factor: Record<string, number[]> = rng.int(0, 2) === 0 ? { factor: multiplier.map(real) } : {};
  builder.step('dense', parts.inputs, { type: parts.type, shape: [...x.shape.slice(0, -1), channels], ...parts.attributes, ...factor });
}

export function matmul(builder: Builder): void {
  const { rng } = builder;
  const [transposeA, transposeB] = [rng.int(0, 1) === 1, rng.int(0, 1) === 1];
  const a = builder.take(
    place => isNarrow(place) && place.shape.length >= 2 && place.shape.length <= 4 && sizeOf(place.shape) > 0,
    () => ({ type: activation(rng), shape: [1, rng.int(1, 3), rng.int(1, 6), rng.int(1, 6)].slice(rng.int(0, 2)) }),
  );
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columns, rows] : [rows, columns];
  const n = rng.int(1, 6);
  const lead = a.shape.slice(0, -2);
  const own = lead.map(size => rng.pick([size, 1])).slice(rng.int(0, lead.length));
  const shape = [...own, ...(transposeB ? [n, k] : [k, n])];
  const type = rng.pick(a.type === 'int16' ? (['int16'] as const) : (['int8', a.type] as const));
  const b =
    rng.int(0, 1) === 0
      ? builder.constant(type, shape)
      : builder.take(
          () => false,
          () => ({ type, shape }),
        );
  const output = result(rng);
  const [aZeroPoint, bZeroPoint] = [zeroPointOf(a.type, rng), zeroPointOf(b.type, rng)];
  const rest = requantization(output, { reach: (a.type === 'int16' ? 28 : 13) + Math.log2(k) / 2 + 2, rng });
  builder.step('matmul', [a, b], { type: output, shape: [...lead, m, n], transposeA, transposeB, aZeroPoint, bZeroPoint, ...rest });
}
