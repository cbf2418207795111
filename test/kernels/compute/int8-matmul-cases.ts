import { type Bytes, type Int8Kernels, int8Kernels, int8Shape } from '../../../lib/tensor/native-int8.ts';
import { bytes, type Call, clips, scales, whole } from './int8-values.ts';

const kernels = int8Kernels() as Int8Kernels;

export const packedLength = (k: number, n: number): number => Math.ceil(n / 16) * Math.ceil(k / 4) * 64;

/** B as the kernel takes it, by the formula of its layout. */
export function packed(b: Int8Array, k: number, n: number): Int8Array {
  const to = new Int8Array(packedLength(k, n));
  for (let p = 0; p < k; p++)
    for (let j = 0; j < n; j++)
      to[((Math.floor(j / 16) * Math.ceil(k / 4) + Math.floor(p / 4)) * 16 + (j % 16)) * 4 + (p % 4)] = b[p * n + j] as number;
  return to;
}

type Sizes = readonly [m: number, k: number, n: number];

function matmul([m, k, n]: Sizes, seed: number): Call {
  const signed = seed % 2 === 0;
  const isSums = seed % 3 === 0;
  const hasOffsets = !isSums || seed % 4 !== 1;
  const offset = whole(-(2 ** 31), 2 ** 31 - 1, { length: n, seed: seed + 3 }).map((x, i) => (i % 3 === 0 ? x : x >> 14));
  const [multiplier, left, right] = scales(n, seed);
  if (seed % 5 === 2) left.fill(0);
  const channel = isSums ? offset : Int32Array.from([offset, multiplier, left, right].flatMap(list => [...list]));
  const zero = (signed ? -128 : 0) + ((seed * 37) % 256);
  const shape = int8Shape.matmul({ m, k, n, isSigned: Number(signed), zero, isSums: Number(isSums), ...clips[seed % 3] } as Record<
    string,
    number
  >);
  return {
    name: `${m} x ${k} x ${n}, seed ${seed}`,
    inputs: [bytes(signed, m * k, seed), packed(Int8Array.from(bytes(true, k * n, seed + 7)), k, n), ...(hasOffsets ? [channel] : [])],
    output: m * n * (isSums ? 4 : 1),
    run: ([a, b, c], y, call) => kernels.int8Matmul(shape, a as Bytes, b as Int8Array, c as Int32Array | undefined, y, call),
  };
}

function pack(k: number, n: number, seed: number): Call {
  return {
    name: `${k} x ${n}`,
    inputs: [bytes(true, k * n, 5 * seed)],
    output: packedLength(k, n),
    run: ([b], to, call) =>
      kernels.int8MatmulPack(int8Shape.matmulPack({ k, n }), b as Int8Array, new Int8Array(to.buffer, to.byteOffset, to.length), call),
  };
}

const sizes: readonly Sizes[] = [
  // rows of every block, columns of every panel, every rest of a quad and of a vector
  ...Array.from({ length: 26 }, (_, m): Sizes => [m + 1, 9, 40]),
  ...[1, 2, 7, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65].map((n): Sizes => [13, 10, n]),
  ...[1, 2, 3, 4, 5, 63, 64, 65, 127, 128, 129, 200].map((k): Sizes => [5, k, 18]),
  ...([
    [0, 3, 4],
    [3, 0, 4],
    [3, 4, 0],
    [0, 0, 0],
    [1, 1, 1],
    [1, 300, 1],
  ] as const),
  // more rows than the scratch holds at once, and rows that are longer than it
  [340, 1000, 5],
  [14, 30000, 3],
];

/** Products with every tail, of both signednesses, as bytes and as sums. */
export const matmulCalls: readonly Call[] = sizes.flatMap((size, i) => [matmul(size, i), matmul(size, i + 6)]);

/** Matrices with every tail of their blocks. */
export const matmulPackCalls: readonly Call[] = [1, 2, 3, 4, 5, 8, 33].flatMap((k, i) =>
  [1, 15, 16, 17, 32, 50].map((n, j) => pack(k, n, i + j)),
);
