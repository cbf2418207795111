import { LabError } from './errors.ts';
import { type Shape, sizeOf } from './shape.ts';

/** Element types of an array. `int4` packs two values a byte, the first in the low four bits; `bool` holds 0 or 1. */
export type DType = 'float32' | 'int32' | 'int8' | 'uint8' | 'int4' | 'bool';

/** Where the elements of an array lie: `int4` and `bool` use bytes. */
export type TypedArray = Float32Array | Int32Array | Int8Array | Uint8Array;

/** A plain, frozen array: row-major values of `dtype` in a typed array. The data must not be written to. */
export interface NDArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: TypedArray;
}

interface Storage {
  readonly make: (length: number) => TypedArray;
  readonly bits: number;
}

const storage: Readonly<Record<DType, Storage>> = {
  float32: { make: n => new Float32Array(n), bits: 32 },
  int32: { make: n => new Int32Array(n), bits: 32 },
  int8: { make: n => new Int8Array(n), bits: 8 },
  uint8: { make: n => new Uint8Array(n), bits: 8 },
  int4: { make: n => new Uint8Array(Math.ceil(n / 2)), bits: 4 },
  bool: { make: n => new Uint8Array(n), bits: 8 },
};

/** Every element type, in the order of the documentation. */
export const dtypes: readonly DType[] = Object.keys(storage) as DType[];

/** Bits that one stored element of `dtype` takes. */
export function bitsOf(dtype: DType): number {
  return storage[dtype].bits;
}

/** Bits that the elements of an array take when stored: elements · bits. */
export function bitLengthOf({ shape, dtype }: Pick<NDArray, 'shape' | 'dtype'>): number {
  return sizeOf(shape) * bitsOf(dtype);
}

/** Bytes that an array of `shape` and `dtype` takes when stored: ceil(elements · bits / 8). */
export function byteLengthOf(shape: Shape, dtype: DType): number {
  return Math.ceil(bitLengthOf({ shape, dtype }) / 8);
}

/** A zero-filled typed array that holds `length` elements of `dtype`. */
export function allocate(dtype: DType, length: number): TypedArray {
  return storage[dtype].make(length);
}

/**
 * Makes an array of `shape` from row-major `values` (numbers are converted to `dtype`, a typed array of the right kind is kept as it is).
 * @throws LabError `array/size` when the number of values does not fit the shape.
 */
export function array(shape: Shape, values: TypedArray | readonly number[], dtype: DType = 'float32'): NDArray {
  const empty = allocate(dtype, 0);
  const size = dtype === 'int4' ? Math.ceil(sizeOf(shape) / 2) : sizeOf(shape);
  if (values.length !== size) {
    throw new LabError(
      'array/size',
      `An array of shape [${shape.join(', ')}] and dtype ${dtype} holds ${size} stored values; got ${values.length}.`,
      'Check the shape, or the data it was made from.',
    );
  }
  const same = Object.getPrototypeOf(values) === Object.getPrototypeOf(empty);
  const data = same ? (values as TypedArray) : (empty.constructor as unknown as { from(v: ArrayLike<number>): TypedArray }).from(values);
  return Object.freeze({ shape: Object.freeze([...shape]), dtype, data });
}

/** An array of `shape` with every element 0. */
export function zeros(shape: Shape, dtype: DType = 'float32'): NDArray {
  return array(shape, allocate(dtype, sizeOf(shape)), dtype);
}

/** An array of `shape` with every element `value`; int4 is not offered, pack it instead. */
export function filled(shape: Shape, value: number, dtype: Exclude<DType, 'int4'> = 'float32'): NDArray {
  return array(shape, allocate(dtype, sizeOf(shape)).fill(value) as TypedArray, dtype);
}

/** Tells whether a value is an array of this library: a plain object of shape, dtype and a matching typed array. */
export function isArray(value: unknown): value is NDArray {
  if (typeof value !== 'object' || value === null) return false;
  const { shape, dtype, data } = value as Partial<NDArray>;
  return Array.isArray(shape) && typeof dtype === 'string' && Object.hasOwn(storage, dtype) && ArrayBuffer.isView(data);
}
