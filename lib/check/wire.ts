import type { DType, NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';

/**
 * A value as it crosses between a check and the code it checks: JSON in which everything that JSON cannot say carries its kind.
 * `null`, booleans, strings and finite numbers (except -0) stand for themselves; records are lists of entries, so that no key is special.
 */
export type Wire = null | boolean | number | string | TaggedWire;

export type TaggedWire =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'number'; readonly value: SpecialNumber }
  | { readonly kind: 'bigint'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Wire[] }
  | { readonly kind: 'record' | 'model'; readonly entries: readonly (readonly [string, Wire])[] }
  | { readonly kind: 'table'; readonly columns: readonly (readonly [string, Wire])[] }
  | { readonly kind: 'array' | 'tensor'; readonly shape: readonly number[]; readonly dtype: DType; readonly data: string }
  | { readonly kind: 'typed'; readonly type: TypedName; readonly data: string }
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly code?: string; readonly hint?: string }
  | { readonly kind: 'function'; readonly id: string; readonly name: string };

export type SpecialNumber = 'NaN' | 'Infinity' | '-Infinity' | '-0';

export type TypedName =
  | 'Float32Array'
  | 'Float64Array'
  | 'BigInt64Array'
  | 'Int8Array'
  | 'Int16Array'
  | 'Int32Array'
  | 'Uint8Array'
  | 'Uint16Array'
  | 'Uint32Array';

interface TypedConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike): ArrayBufferView;
}

/** Bare typed arrays that may cross; `data` is base64 of their bytes, little-endian. */
export const typedArrays: Readonly<Record<TypedName, TypedConstructor>> = {
  Float32Array,
  Float64Array,
  BigInt64Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Uint8Array,
  Uint16Array,
  Uint32Array,
};

/** What one value may take, on the side that writes and again on the side that reads. */
export interface WireLimits {
  /** Nesting of lists and records. */
  readonly depth: number;
  /** Bytes of text and of base64, together. */
  readonly bytes: number;
  /** Values of any kind. */
  readonly values: number;
}

/** Limits of the course: 32 deep, 64 MB, a million values. */
export const wireLimits: WireLimits = Object.freeze({ depth: 32, bytes: 64 * 2 ** 20, values: 1_000_000 });

/** An array that arrives in the student's cell as a `tf.Tensor`. */
export class TensorValue {
  readonly array: NDArray;

  constructor(array: NDArray) {
    this.array = array;
  }
}

/** Counts a value against the limits. */
export class WireBudget {
  readonly #limits: WireLimits;
  #bytes = 0;
  #values = 0;

  constructor(limits: WireLimits) {
    this.#limits = limits;
  }

  /** Charges one value of `bytes` at `depth`. @throws LabError `codec/depth`, `codec/size`. */
  charge(where: string, depth: number, bytes: number): void {
    const { depth: maxDepth, bytes: maxBytes, values } = this.#limits;
    if (depth > maxDepth) throw new LabError('codec/depth', `${where} is nested more than ${maxDepth} deep.`, 'Return a flatter value.');
    this.#bytes += bytes;
    this.#values += 1;
    if (this.#bytes > maxBytes || this.#values > values) {
      const got = this.#values > values ? `more than ${values} values` : `more than ${maxBytes} bytes`;
      throw new LabError(
        'codec/size',
        `The value is too large to hand over: ${got}.`,
        'Return a smaller result, or an array instead of a list.',
      );
    }
  }
}
