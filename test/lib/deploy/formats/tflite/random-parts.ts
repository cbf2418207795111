import { zerosOf } from '../../../../../lib/deploy/element-types.ts';
import { typeNumbers } from '../../../../../lib/deploy/formats/tflite/schema.ts';
import type { OptionField } from '../../../../../lib/deploy/formats/tflite/write/bytes.ts';
import { ends } from '../../../../../lib/deploy/integer/requantize-attributes.ts';
import type { Elements, ElementType, ProgramTensor } from '../../../../../lib/deploy/program.ts';
import type { Random } from '../../../../../lib/tensor/random.ts';
import { sizeOf } from '../../../../../lib/tensor/shape.ts';

// What random files of one operator are made of.

export type Type = 'int8' | 'uint8' | 'int16';

export const int8 = (field: number, value: number): OptionField => ({ field, type: 'int8', value });
export const int32 = (field: number, value: number): OptionField => ({ field, type: 'int32', value });
export const float32 = (field: number, value: number): OptionField => ({ field, type: 'float32', value });

/** Random integers of a type, its ends among them. */
export function elementsOf(random: Random, type: ElementType, length: number): Elements {
  const data = zerosOf(type, length);
  if (data instanceof BigInt64Array) return data.map(() => BigInt(random.int(-(2 ** 20), 2 ** 20)));
  const [low, high] = type === 'int32' ? [-(2 ** 14), 2 ** 14] : (ends[type] ?? [0, 0]);
  for (let i = 0; i < length; i++)
    data[i] = type === 'float32' ? random.normal(0, 3) : random.next() < 0.1 ? random.pick([low, high]) : random.int(low, high);
  return data;
}

/** A scale between 2^-10 and 2^2; now and then a power of two. */
export const scaleOf = (random: Random, low = -8, high = 0): number =>
  Math.fround(2 ** (random.next() < 0.2 ? random.int(low, high) : random.uniform(low, high)));

export interface Made {
  readonly inputs: readonly ProgramTensor[];
  readonly output: ProgramTensor;
  /** All outputs, where the operator has several. */
  readonly outputs?: readonly ProgramTensor[];
  readonly options?: readonly OptionField[];
}

/** A value with one scale. */
export function value(
  random: Random,
  name: string,
  given: { shape: readonly number[]; type: ElementType; scale?: number; zeroPoint?: number; constant?: boolean },
): ProgramTensor {
  const { shape, type, scale = scaleOf(random), constant = false } = given;
  const [low, high] = ends[type] as readonly [number, number];
  const zeroPoint = given.zeroPoint ?? (type === 'int16' ? 0 : random.int(low, high));
  return {
    name,
    shape,
    type,
    quantization: { scale: [scale], zeroPoint: [zeroPoint] },
    ...(constant && { data: elementsOf(random, type, sizeOf(shape)) }),
  };
}

export const whole = (name: string, numbers: readonly number[], shape: readonly number[] = [numbers.length]): ProgramTensor => ({
  name,
  type: 'int32',
  shape,
  data: Int32Array.from(numbers),
});

export const sizes = (random: Random, rank: number, most = 5): number[] => Array.from({ length: rank }, () => random.int(1, most));
export const places = (size: number, reach: number, [stride, same]: readonly [number, boolean]): number =>
  same ? Math.ceil(size / stride) : Math.ceil((size - reach + 1) / stride);

/** A weight whose scales go by channel, or one for all, and a bias. */
export function weights(
  random: Random,
  { shape, axis, type, x }: { shape: readonly number[]; axis: number; type: Type; x: ProgramTensor },
): ProgramTensor[] {
  const channels = shape[axis] as number;
  const each = type !== 'uint8' && random.next() < 0.7 && channels > 1;
  const scale = Array.from({ length: each ? channels : 1 }, () => scaleOf(random, -9, -3));
  const kind = type === 'uint8' ? 'uint8' : random.next() < 0.25 && type === 'int8' ? 'int4' : 'int8';
  const zeroPoint = scale.map(() => (kind === 'uint8' ? random.int(0, 255) : 0));
  const weight = {
    name: 'weight',
    shape,
    type: kind,
    quantization: { scale, zeroPoint, ...(each && { axis }) },
    data: elementsOf(random, kind, sizeOf(shape)),
  } as ProgramTensor;
  if (random.next() < 0.2 && axis !== 0) return [weight];
  const biasType = type === 'int16' && (axis !== 0 || random.next() < 0.6) ? 'int64' : 'int32';
  const biasScale = scale.map(s => Math.fround(s * (x.quantization?.scale[0] as number)));
  return [
    weight,
    {
      name: 'bias',
      shape: [channels],
      type: biasType,
      quantization: { scale: biasScale, zeroPoint: biasScale.map(() => 0), ...(each && { axis: 0 }) },
      data: elementsOf(random, biasType, channels),
    },
  ];
}

/** The output's scale of a sum over `depth` products, so that it fills its type now and then. */
export const sumScale = (random: Random, [x, weight]: readonly [ProgramTensor, ProgramTensor], depth: number): number =>
  Math.fround(
    (x.quantization?.scale[0] as number) *
      (weight.quantization?.scale[0] as number) *
      Math.sqrt(depth) *
      (weight.type === 'int4' ? 4 : 50) *
      2 ** random.uniform(-3, 3),
  );

export const activation = (random: Random): number => random.pick([0, 0, 1, 2, 3]);

/** The option that goes with a bias of 32 bits beside activations of 16. */
export const biasOption = (type: Type, bias: ProgramTensor | undefined, field: number): OptionField[] =>
  type === 'int16' && bias?.type === 'int32' ? [int8(field, typeNumbers.int32)] : [];
