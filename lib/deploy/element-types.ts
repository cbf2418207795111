import { sizeOf } from '../tensor/shape.ts';
import type { Elements, ElementType, ProgramTensor } from './program.ts';

interface Storage {
  readonly make: (length: number) => Elements;
  /** Bits that a stored element takes. */
  readonly bits: number;
}

const storage: Readonly<Record<ElementType, Storage>> = {
  float32: { make: n => new Float32Array(n), bits: 32 },
  int4: { make: n => new Int8Array(n), bits: 4 },
  int8: { make: n => new Int8Array(n), bits: 8 },
  uint8: { make: n => new Uint8Array(n), bits: 8 },
  int16: { make: n => new Int16Array(n), bits: 16 },
  int32: { make: n => new Int32Array(n), bits: 32 },
  int64: { make: n => new BigInt64Array(n), bits: 64 },
  bool: { make: n => new Uint8Array(n), bits: 8 },
};

/** Every element type. */
export const elementTypes: readonly ElementType[] = Object.keys(storage) as ElementType[];

/** Zeros of a type, `length` of them. */
export function zerosOf(type: ElementType, length: number): Elements {
  return storage[type].make(length);
}

/** Whether an array is of the kind that holds elements of this type. */
export function isElements(type: ElementType, data: Elements): boolean {
  return Object.prototype.toString.call(data) === Object.prototype.toString.call(storage[type].make(0));
}

/** Whether all elements are of the type, which for `int4` and `bool` says more than where they lie. */
export function holds(type: ElementType, data: Elements): boolean {
  const [low, high] = type === 'int4' ? [-8, 7] : type === 'bool' ? [0, 1] : [];
  if (low === undefined || high === undefined) return true;
  return (data as Int8Array).every(value => value >= low && value <= high);
}

/** Bytes that a tensor takes when stored: ⌈elements · bits / 8⌉. */
export function bytesOf({ shape, type }: Pick<ProgramTensor, 'shape' | 'type'>): number {
  return Math.ceil((sizeOf(shape) * storage[type].bits) / 8);
}
