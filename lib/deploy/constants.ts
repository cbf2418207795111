import { type TensorEntry, tensorAt } from '../model/safetensors.ts';
import { array, type DType, type NDArray } from '../tensor/array.ts';
import { pack, unpack } from '../tensor/pack.ts';
import { sizeOf } from '../tensor/shape.ts';
import { isElements } from './element-types.ts';
import type { Elements, ElementType } from './program.ts';
import { type DeclaredTensor, refuseFile } from './structure.ts';

interface Stored {
  /** How the file has them, in a row. Bytes where the format of our files has no such type. */
  readonly dtype: DType;
  /** Values of `dtype` for so many elements. */
  readonly length: (elements: number) => number;
  readonly write: (data: never) => NDArray['data'];
  readonly read: (data: NDArray['data'], length: number) => Elements;
}

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const same = (dtype: DType): Stored => ({ dtype, length: n => n, write: data => data, read: data => data as Elements });
const wide = (bytes: number, read: (buffer: ArrayBufferLike) => Elements): Stored => ({
  dtype: 'uint8',
  length: n => n * bytes,
  write: bytesOf,
  read: data => read(data.buffer),
});

const stored: Readonly<Record<ElementType, Stored>> = {
  float32: same('float32'),
  int8: same('int8'),
  uint8: same('uint8'),
  int32: same('int32'),
  bool: same('uint8'),
  int16: wide(2, buffer => new Int16Array(buffer)),
  int64: wide(8, buffer => new BigInt64Array(buffer)),
  int4: {
    dtype: 'uint8',
    length: n => Math.ceil(n / 2),
    write: (data: Int8Array) => pack(data, { bits: 4, signed: true }),
    read: (data, length) => unpack(data as Uint8Array, { bits: 4, signed: true, length }),
  },
};

/** Elements as an array of the file: little endian, those of 4 bits two a byte. */
export function storedElements(type: ElementType, data: Elements): NDArray {
  const { dtype, write } = stored[type];
  // a copy, since what it is of may be a view into something larger
  const values = write(data.slice() as never);
  return array([values.length], values, dtype);
}

/** The elements of a tensor at an entry of a file, which must have as many as its shape and its type ask for. Only then are they copied. */
export function elementsAt(bytes: Uint8Array, entry: TensorEntry | undefined, { name, shape, type }: DeclaredTensor): Elements {
  const { dtype, length, read } = stored[type];
  const size = sizeOf(shape);
  const fits = entry?.dtype === dtype && entry.shape.length === 1 && entry.shape[0] === length(size);
  if (!entry || !fits || !Number.isSafeInteger(size)) return refuseFile(`The file does not hold ${type} [${shape}] for tensor ${name}.`);
  return read(tensorAt(bytes, entry).data, size);
}

/** The elements of a tensor in memory, once they are known to be such. */
export function elementsIn({ name, type }: DeclaredTensor, value: unknown): Elements | undefined {
  if (value === undefined) return undefined;
  if (!ArrayBuffer.isView(value) || !isElements(type, value as Elements)) return refuseFile(`Tensor ${name} holds no elements of ${type}.`);
  return value as Elements;
}
