import { LabError } from './errors.ts';
import type { MatmulShape } from './matmul.ts';
import { binding, type Rung } from './native.ts';

export interface Bf16Options extends MatmulShape {
  /** A lies as [k, m]. */
  readonly transposeA?: boolean;
  /** B lies as [n, k]. */
  readonly transposeB?: boolean;
  /** Threads that share the work, 1 by default. The product has the same bits on any number. */
  readonly threads?: number;
  /** The implementation to run, by its name in `bf16Rungs()`; the fastest that is available by default. */
  readonly rung?: string;
  /** Where the product goes, m · n elements that share no memory with `a` and `b`; a new array by default. */
  readonly out?: Float32Array;
}

type Sizes = MatmulShape & { readonly transposeA: number; readonly transposeB: number; readonly threads: number; readonly rung?: string };

interface Kernel {
  (a: Float32Array, b: Float32Array, c: Float32Array, sizes: Sizes): void;
  readonly rungs: readonly Rung[];
}

const kernel = (): Kernel | undefined => (binding as unknown as { readonly matmulBf16: Kernel } | undefined)?.matmulBf16;

const typescript: Rung = { name: 'typescript', available: true };

/** The implementations of `matmulBf16`, from the obvious to the fastest; `typescript` is always there. */
export function bf16Rungs(): readonly Rung[] {
  return [typescript, ...(kernel()?.rungs ?? [])];
}

const word = new Uint32Array(1);
const real = new Float32Array(word.buffer);

/**
 * A number rounded to bfloat16: float32's sign and 8 bits of exponent with 7 bits of fraction. Halves go to the even one, what lies beyond the largest
 * (3.39e38) to infinity; NaN stays NaN. From double precision by way of float32. 1 + 3/256, between two of its numbers, becomes the even one, 1.015625.
 */
export function roundToBf16(x: number): number {
  real[0] = x;
  if (Number.isNaN(x)) return Number.NaN;
  const bits = word[0] as number;
  word[0] = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
  return real[0] as number;
}

/**
 * C = bf16(A) · bf16(B) for float32 matrices, A [m, k] and B [k, n] or transposed: both rounded by `roundToBf16`, products and sums in float32.
 * |error| ≤ γ(k) · Σ|a·b| of the rounded a and b, γ(k) = k·u / (1 − k·u), u = 2⁻²⁴. A rung may take numbers below 2⁻¹²⁶ in magnitude for 0, in A, in B and in sums,
 * as the processor's own instruction does. Rungs differ in their rounding; one rung gives the same bits every time. Without kernels sums are exact and rounded once.
 * @throws LabError `native/bf16`: sizes, arrays, threads or a rung that do not fit.
 */
export function matmulBf16(a: Float32Array, b: Float32Array, options: Bf16Options): Float32Array {
  const { m, k, n, transposeA = false, transposeB = false, threads = 1, rung } = options;
  const sizes = { m, k, n, transposeA: Number(transposeA), transposeB: Number(transposeB), threads, rung };
  check(a, b, options);
  const out = options.out ?? new Float32Array(m * n);
  const native = kernel();
  if (native === undefined || rung === typescript.name) {
    inTypeScript([a.map(roundToBf16), b.map(roundToBf16)], out, sizes);
    return out;
  }
  try {
    native(a, b, out, sizes);
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw refused(error.message);
    throw error;
  }
  return out;
}

const refused = (message: string): LabError =>
  new LabError('native/bf16', message, 'a, b and out are arrays 0, 1 and 2; compare them with the sizes { m, k, n }.');

/** What the native kernel checks too, for where there is none, and what an array would refuse in words of its own. */
function check(a: Float32Array, b: Float32Array, { m, k, n, out }: Bf16Options): void {
  for (const [name, size] of Object.entries({ m, k, n }))
    if (!(Number.isInteger(size) && size >= 0 && size < 2 ** 32))
      throw refused(`${name} must be a whole number of at least 0; got ${size}.`);
  for (const [name, values, length] of [['a', a, m * k] as const, ['b', b, k * n] as const, ['out', out, m * n] as const]) {
    if (values === undefined && name === 'out') continue;
    const kind = Object.prototype.toString.call(values).slice(8, -1);
    if (kind !== 'Float32Array') throw refused(`${name} must be a Float32Array; got ${kind}.`);
    if (values?.length !== length) throw refused(`${name} must hold ${length} elements; got ${values?.length}.`);
  }
}

type Pair = readonly [Float32Array, Float32Array];

function inTypeScript([left, right]: Pair, c: Float32Array, { m, k, n, transposeA, transposeB }: Sizes): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++)
        sum += (left[transposeA ? p * m + i : i * k + p] as number) * (right[transposeB ? j * k + p : p * n + j] as number);
      c[i * n + j] = sum;
    }
}
