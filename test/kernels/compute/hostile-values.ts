import type { Random } from '../../../lib/tensor/random.ts';

export type Memory = Float32Array | Int8Array | Int16Array | Int32Array;
type Make = new (memory: ArrayBufferLike, at?: number, length?: number) => Memory;

const types = [Float32Array, Int8Array, Int16Array, Int32Array];
export const isMemory = (value: unknown): value is Memory => ArrayBuffer.isView(value) && types.some(type => value instanceof type);
export const makeOf = (value: Memory): Make => value.constructor as Make;
/** What surrounds an array. */
export const guard = 0xa5;

/** Arguments of no use. */
export const junk: readonly unknown[] = [
  ...[undefined, null, true, 7, -1, Number.NaN, '', 'float32', 2n, Symbol('x'), [], {}, () => 1, new Date(0), /x/],
  ...[new ArrayBuffer(64), new DataView(new ArrayBuffer(64)), new Float64Array(24), new BigInt64Array(24), new Uint16Array(500)],
  ...[new Uint8ClampedArray(500), new SharedArrayBuffer(96), new Proxy(new Float32Array(24), {}), Object.create(Float32Array.prototype)],
  ...[new Map(), new WeakMap(), Promise.resolve(), globalThis, new Error('x')],
];
/** What may stand for a size. */
export const numbers: readonly unknown[] = [
  ...[0, 1, 2, 3, 4, 5, 7, 8, 16, 24, -1, -0, 0.5, 2 ** 16, 2 ** 28, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 1e300],
  ...[Number.NaN, Infinity, -Infinity, '4', null, undefined, true, 3n, Symbol('n'), {}, [4], { valueOf: () => 4 }, new Number(4)],
];
/** What may stand in a shape. */
export const fields = [0, 1, 2, 3, 4, 5, 8, 64, 255, 256, -1, -128, -129, 2 ** 16, 2 ** 28, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)];
export const rungs = [
  ...[
    'reference',
    'interchange',
    'blocked',
    'avx2',
    'avx512',
    'avx512-vnni',
    'avx512-vnni-lines',
    'sse9',
    '',
    '\0',
    'avx2\0',
    'é'.repeat(40),
  ],
  ...['x'.repeat(1e5), 7, null, {}, Symbol('rung'), undefined],
];

export const below = (rng: Random, count: number): number => Math.floor(rng.next() * count);
export const pick = <T>(rng: Random, list: readonly T[]): T => list[below(rng, list.length)] as T;

/** The like of an array over shared, resizable, shrunk or detached memory. */
export function otherMemory(rng: Random, array: Memory): Memory {
  const [make, bytes] = [makeOf(array), array.byteLength];
  const more = { maxByteLength: 2 * bytes + 64 };
  const resizable = new ArrayBuffer(bytes, more);
  const ways = [
    () => new make(new SharedArrayBuffer(bytes)),
    () => new make(new SharedArrayBuffer(bytes, more)),
    () => new make(resizable),
    () => {
      const tracking = new make(resizable);
      resizable.resize(pick(rng, [0, 4, 2 * bytes]));
      return tracking;
    },
    () => {
      const fixed = new make(resizable, 0, array.length);
      resizable.resize(4);
      return fixed;
    },
    () => detached(array.slice() as Memory),
  ];
  return pick(rng, ways)();
}

/** An array whose memory is taken away. */
export function detached(array: Memory): Memory {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}
