import { sizeOf } from '../../tensor/shape.ts';
import type { Elements } from '../program.ts';
import type { Declared, Value } from './op.ts';
import { refuseStep } from './refuse.ts';

/** Elements that are read and written as JavaScript numbers: all but those of 64 bits. */
export type Numbers = Exclude<Elements, BigInt64Array>;

/** The elements of a value of at most 32 bits, for a step that `check` has accepted. */
export const numbersOf = (value: Value | undefined): Numbers => value?.data as Numbers;

/**
 * Whether sums over these activations take 64 bits: |x · w| ≤ 2^15 · 2^7. A bias of 32 bits says that they fit into 32, as TensorFlow Lite's
 * int16 × int8 kernels have it.
 */
export const isWide = ({ type }: Pick<Declared, 'type'>, bias?: Pick<Declared, 'type'>): boolean =>
  type === 'int16' && bias?.type !== 'int32';

/** A bias as double-precision numbers, zeros where there is none; those of 64 bits must be whole numbers that a double holds. */
export function biasOf(value: Value | undefined, length: number): Float64Array {
  if (!value) return new Float64Array(length);
  return value.data instanceof BigInt64Array ? Float64Array.from(value.data, Number) : Float64Array.from(value.data as Numbers);
}

/** The value, when it is an image or a batch of them: [n, h, w, c], none of them 0. */
export function image<V extends Declared>(
  where: string,
  value: V | undefined,
): V & { readonly shape: readonly [number, number, number, number] } {
  if (value?.shape.length === 4 && sizeOf(value.shape) > 0) return value as never;
  return refuseStep(where, `expected an image [n, h, w, c]; got ${value ? `[${value.shape}]` : 'nothing'}.`);
}

/** The value, when it is a weight of this rank. */
export function weightOf<V extends Declared>(where: string, value: V | undefined, rank: number): V {
  if (value?.shape.length === rank && sizeOf(value.shape) > 0) return value;
  return refuseStep(where, `expected a weight with ${rank} axes; got ${value ? `[${value.shape}]` : 'nothing'}.`);
}

/** Refuses a bias that is not [channels] whole numbers of 32 bits, or of 64 whose magnitude is below 2^47, where sums of 64 bits are exact. */
export function assertBias(where: string, bias: Declared | undefined, channels: number): void {
  if (!bias) return;
  const fits = sizeOf(bias.shape) === channels && (bias.type === 'int32' || bias.type === 'int64');
  if (!fits) refuseStep(where, `expected a bias of ${channels} whole numbers, int32 or int64; got ${bias.type} [${bias.shape}].`);
  const wild = bias.data instanceof BigInt64Array ? bias.data.find(b => b >= 2n ** 47n || b <= -(2n ** 47n)) : undefined;
  if (wild !== undefined) refuseStep(where, `a bias is ${wild}; its magnitude must be below 2^47.`);
}

/** Refuses two values that do not have as many elements. */
export function assertSameSize(where: string, x: Declared | undefined, y: Declared | undefined): void {
  if (!x || !y || sizeOf(x.shape) !== sizeOf(y.shape))
    refuseStep(where, `expected as many values in and out; got [${x?.shape}] and [${y?.shape}].`);
}

/** Refuses two values of different types or sizes: a step that copies. */
export function assertCopies(where: string, x: Declared | undefined, y: Declared | undefined): void {
  assertSameSize(where, x, y);
  if (x?.type !== y?.type) refuseStep(where, `it copies; the types ${x?.type} and ${y?.type} differ.`);
}
