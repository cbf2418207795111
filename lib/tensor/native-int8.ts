import { binding, type Rung } from './native.ts';

/** Activations: int8 in an Int8Array, uint8 in a Uint8Array. A kernel takes both; which it is stands in the shape. */
export type Bytes = Int8Array | Uint8Array;

export interface Int8Options {
  /** Threads that share the work, 1 … 64. */
  readonly threads: number;
  /** The implementation to run, by its name in `int8Rungs()`; the fastest that is available by default. */
  readonly rung?: string;
}

/** Sizes of a kernel in the order in which it takes them, as kernels/compute/abi.h has them. */
export type Fields<Name extends string> = Readonly<Record<Name, number>>;

const convFields = [
  ...['images', 'height', 'width', 'channels', 'kernelHeight', 'kernelWidth', 'depth', 'outHeight', 'outWidth', 'out', 'outChannels'],
  ...['strideDown', 'strideRight', 'dilationDown', 'dilationRight', 'top', 'left', 'isSigned', 'zero', 'hasWeightZeros', 'isSums', 'pool'],
  ...['outputZero', 'low', 'high'],
];
const matmulFields = ['m', 'k', 'n', 'isSigned', 'zero', 'isSums', 'outputZero', 'low', 'high'];
const depthwiseFields = convFields.filter(name => !['depth', 'out', 'outChannels', 'hasWeightZeros', 'isSums', 'pool'].includes(name));
const addFields = [
  ...['isSigned', 'ahead', 'aZero', 'aMultiplier', 'aLeft', 'aRight', 'bZero', 'bMultiplier', 'bLeft', 'bRight', 'sign'],
  ...['multiplier', 'left', 'right', 'outputZero', 'low', 'high'],
];
const poolFields = [
  ...['images', 'height', 'width', 'channels', 'windowHeight', 'windowWidth', 'outHeight', 'outWidth', 'strideDown', 'strideRight'],
  ...['top', 'left', 'isSigned', 'isMean', 'low', 'high'],
];
const quantizeFields = ['scaleBits', 'outputZero', 'low', 'high'];

const packer =
  (names: readonly string[]) =>
  (fields: Fields<string>): Int32Array =>
    Int32Array.from(names, name => fields[name] as number);

type Int8Shaped = 'conv' | 'matmul' | 'matmulPack' | 'depthwise' | 'add' | 'pool' | 'quantize';

/** The shape of a call as its kernel takes it, from its fields by name. */
export const int8Shape: Readonly<Record<Int8Shaped, (fields: Fields<string>) => Int32Array>> = {
  conv: packer(convFields),
  matmul: packer(matmulFields),
  matmulPack: packer(['k', 'n']),
  depthwise: packer(depthwiseFields),
  add: packer(addFields),
  pool: packer(poolFields),
  quantize: packer(quantizeFields),
};

/** Options, or the number of threads alone: reading an option takes as long as a small layer. */
type Kernel<Arrays extends readonly unknown[], Options = Int8Options | number> = {
  (shape: Int32Array, ...rest: [...Arrays, Options]): void;
  readonly rungs: readonly Rung[];
};

/**
 * The int8 kernels in C++, on arrays without a copy: their formulas, the layout of weights and the sizes of all arrays stand in kernels/compute/abi.h.
 * All are exact, and every rung gives the same bytes. They check their arguments; errors have codes `compute/…`.
 */
export interface Int8Kernels {
  /** x, packed weight, channel [6, 16 · ⌈out / 16⌉], y: the bytes of int32 sums with `isSums`. */
  readonly int8Conv: Kernel<[x: Bytes, weight: Int8Array, channel: Int32Array, y: Bytes]>;
  /**
   * a [m, k], packed [⌈n / 16⌉, ⌈k / 4⌉, 16, 4], channel [4, n]: offset, multiplier, left, right; y [m, n]. With `isSums` y is the bytes of int32 sums, and channel
   * [n] offsets or nothing.
   */
  readonly int8Matmul: Kernel<[a: Bytes, packed: Int8Array, channel: Int32Array | undefined, y: Bytes]>;
  /** b [k, n], packed as `int8Matmul` and `int8Conv` read it; once for weights that stay. */
  readonly int8MatmulPack: Kernel<[b: Int8Array, packed: Int8Array]>;
  /** x, weight [h, w, c], channel [4, c], y. */
  readonly int8Depthwise: Kernel<[x: Bytes, weight: Int16Array, channel: Int32Array, y: Bytes]>;
  /** a, b, y. */
  readonly int8Add: Kernel<[a: Bytes, b: Bytes, y: Bytes], Int8Options & { readonly length: number }>;
  /** x, y. */
  readonly int8Pool: Kernel<[x: Bytes, y: Bytes]>;
  /** x, y. */
  readonly int8Quantize: Kernel<[x: Float32Array, y: Bytes], Int8Options & { readonly length: number }>;
}

/** The int8 kernels, or undefined where nothing is built: there is no other implementation of them, callers compute without. */
export function int8Kernels(): Int8Kernels | undefined {
  return binding as unknown as Int8Kernels | undefined;
}

/** The implementations of each int8 kernel, from the obvious to the fastest; nothing where nothing is built. */
export function int8Rungs(): Readonly<Partial<Record<keyof Int8Kernels, readonly Rung[]>>> {
  const kernels = int8Kernels();
  if (!kernels) return {};
  const { int8Conv, int8Matmul, int8MatmulPack, int8Depthwise, int8Add, int8Pool, int8Quantize } = kernels;
  return {
    int8Conv: int8Conv.rungs,
    int8Matmul: int8Matmul.rungs,
    int8MatmulPack: int8MatmulPack.rungs,
    int8Depthwise: int8Depthwise.rungs,
    int8Add: int8Add.rungs,
    int8Pool: int8Pool.rungs,
    int8Quantize: int8Quantize.rungs,
  };
}

/** The rung of `int8Conv` that finds the largest of 2 × 2 sums before it scales them; others would do the work four times. */
const poolingRung = 'avx512-vnni-lines';

/** Whether a convolution and the max pool behind it are better one call of `int8Conv` here. */
export function poolsConvolutions(): boolean {
  return int8Kernels()?.int8Conv.rungs.findLast(({ available }) => available)?.name === poolingRung;
}
