// Methods of typed arrays that the notebook's compiler, TypeScript 5.0, has no declarations for, or none that the typed arrays share: a method
// with several signatures can be called on "a Float32Array or an Int32Array" only where all of them have one that is the same.

/** Any typed array of numbers. */
type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

interface Int8Array {
  findLast(predicate: (value: number, index: number, array: NumberArray) => unknown, thisArg?: unknown): number | undefined;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduce<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduceRight<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  toReversed(): Int8Array;
  toSorted(compare?: (a: number, b: number) => number): Int8Array;
  with(index: number, value: number): Int8Array;
}

interface Uint8Array {
  findLast(predicate: (value: number, index: number, array: NumberArray) => unknown, thisArg?: unknown): number | undefined;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduce<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduceRight<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  toReversed(): Uint8Array;
  toSorted(compare?: (a: number, b: number) => number): Uint8Array;
  with(index: number, value: number): Uint8Array;
}

interface Uint8ClampedArray {
  findLast(predicate: (value: number, index: number, array: NumberArray) => unknown, thisArg?: unknown): number | undefined;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduce<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduceRight<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  toReversed(): Uint8ClampedArray;
  toSorted(compare?: (a: number, b: number) => number): Uint8ClampedArray;
  with(index: number, value: number): Uint8ClampedArray;
}

interface Int16Array {
  findLast(predicate: (value: number, index: number, array: NumberArray) => unknown, thisArg?: unknown): number | undefined;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduce<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduceRight<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  toReversed(): Int16Array;
  toSorted(compare?: (a: number, b: number) => number): Int16Array;
  with(index: number, value: number): Int16Array;
}

interface Uint16Array {
  findLast(predicate: (value: number, index: number, array: NumberArray) => unknown, thisArg?: unknown): number | undefined;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduce<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduceRight<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  toReversed(): Uint16Array;
  toSorted(compare?: (a: number, b: number) => number): Uint16Array;
  with(index: number, value: number): Uint16Array;
}

interface Int32Array {
  findLast(predicate: (value: number, index: number, array: NumberArray) => unknown, thisArg?: unknown): number | undefined;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduce<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduceRight<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  toReversed(): Int32Array;
  toSorted(compare?: (a: number, b: number) => number): Int32Array;
  with(index: number, value: number): Int32Array;
}

interface Uint32Array {
  findLast(predicate: (value: number, index: number, array: NumberArray) => unknown, thisArg?: unknown): number | undefined;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduce<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduceRight<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  toReversed(): Uint32Array;
  toSorted(compare?: (a: number, b: number) => number): Uint32Array;
  with(index: number, value: number): Uint32Array;
}

interface Float32Array {
  findLast(predicate: (value: number, index: number, array: NumberArray) => unknown, thisArg?: unknown): number | undefined;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduce<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduceRight<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  toReversed(): Float32Array;
  toSorted(compare?: (a: number, b: number) => number): Float32Array;
  with(index: number, value: number): Float32Array;
}

interface Float64Array {
  findLast(predicate: (value: number, index: number, array: NumberArray) => unknown, thisArg?: unknown): number | undefined;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduce(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduce<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number): number;
  reduceRight(callback: (previous: number, current: number, index: number, array: NumberArray) => number, initial: number): number;
  reduceRight<U>(callback: (previous: U, current: number, index: number, array: NumberArray) => U, initial: U): U;
  toReversed(): Float64Array;
  toSorted(compare?: (a: number, b: number) => number): Float64Array;
  with(index: number, value: number): Float64Array;
}

interface BigInt64Array {
  toReversed(): BigInt64Array;
  toSorted(compare?: (a: bigint, b: bigint) => number | bigint): BigInt64Array;
  with(index: number, value: bigint): BigInt64Array;
}

interface BigUint64Array {
  toReversed(): BigUint64Array;
  toSorted(compare?: (a: bigint, b: bigint) => number | bigint): BigUint64Array;
  with(index: number, value: bigint): BigUint64Array;
}
