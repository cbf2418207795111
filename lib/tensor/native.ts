import { createRequire } from 'node:module';
import { LabError } from './errors.ts';
import { type MatmulShape, matmul } from './matmul.ts';

/** One implementation of a kernel, and whether this machine and this installation can run it. */
export interface Rung {
  readonly name: string;
  readonly available: boolean;
}

export interface MatmulOptions extends MatmulShape {
  /** The implementation to run, by its name in `nativeRungs()`; the fastest that is available by default. */
  readonly rung?: string;
  /** Whether `a` holds A's transpose, [k, m]; false by default. */
  readonly transposeA?: boolean;
  /** Whether `b` holds B's transpose, [n, k]; false by default. */
  readonly transposeB?: boolean;
  /** Threads that share the rows of C, 1 … 64; 1 by default. The result has the same bits on any number. */
  readonly threads?: number;
  /** Where the product goes, m · n elements that share no memory with `a` and `b`; a new array by default. */
  readonly out?: Float32Array;
}

/** What the binding's `matmul` takes: 1 or 0 for what is transposed. */
interface BindingOptions extends MatmulShape {
  readonly transposeA: number;
  readonly transposeB: number;
  readonly threads: number;
  readonly rung: string | undefined;
}

/** What kernels/compute exports: kernels that check their arguments again, since a mistake here would read foreign memory. */
export interface Binding {
  /** Makes the kernels TensorFlow ops, once a process: nothing, or why that is impossible. */
  readonly registerOps: () => string | undefined;
  /** How many bytes, 0 to 63, lie between an array's start and the next start of a line of the cache. */
  readonly untilLine: (array: Uint8Array) => number;
  /** What the processor has and TINYLAB_ISA allows: avx2, fma, avx512, avx512_vnni, avx512_bf16, amx_bf16. */
  readonly features: readonly string[];
  readonly matmul: {
    (a: Float32Array, b: Float32Array, c: Float32Array, options: BindingOptions): void;
    readonly rungs: readonly Rung[];
  };
}

const typescript: Rung = { name: 'typescript', available: true };

/**
 * The built module, by its package's name. Without one (a student's copy, a machine without a compiler) the library computes in TypeScript. The environment's
 * TINYLAB_ISA, one of plain, avx2, avx512, vnni and amx, says the most that its kernels may ask of the processor.
 * @throws LabError `native/isa`: TINYLAB_ISA is something else.
 */
function load(): Binding | undefined {
  try {
    return createRequire(import.meta.url)('@tinylab/compute') as Binding;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === 'compute/isa')
      throw new LabError('native/isa', message, 'Leave TINYLAB_ISA out: then the fastest kernels of this machine run.');
    return undefined;
  }
}

/** The built module; its int8 kernels are described in native-int8.ts. */
export const binding: Binding | undefined = load();

/**
 * The implementations of each kernel, from the obvious to the fastest. `typescript` is always there; a native one may be listed and not available, when the
 * processor lacks its instructions. What runs by default is the last that is available.
 */
export function nativeRungs(): { readonly matmul: readonly Rung[] } {
  return { matmul: [typescript, ...(binding?.matmul.rungs ?? [])] };
}

/** The compute kernels in C++, each on plain row-major arrays and without a copy. */
export const native: { readonly matmul: typeof nativeMatmul } = { matmul: nativeMatmul };

/**
 * C = A · B in float32 for A [m, k] and B [k, n]: c[i, j] = Σ_p a[i, p] · b[p, j]; with k = 0 all zeros. Infinities and NaN count in every
 * product, also in 0 · ∞. |error| ≤ γ(k) · Σ|a·b| with γ(k) = k·u / (1 − k·u), u = 2⁻²⁴ (Higham, Accuracy and Stability of Numerical
 * Algorithms, 2nd ed., eq. 3.5), as long as nothing overflows or underflows. Rungs round differently; one rung gives the same bits every time.
 * @throws LabError `native/size`, `native/dtype`, `native/length`, `native/overlap`, `native/threads` for arguments that do not fit, and `native/rung` for a
 * rung that is not available here.
 */
function nativeMatmul(a: Float32Array, b: Float32Array, options: MatmulOptions): Float32Array {
  const { m, k, n, rung, transposeA = false, transposeB = false, threads = 1 } = options;
  checkSizes({ m, k, n });
  checkThreads(threads);
  checkLength('a', a, m * k);
  checkLength('b', b, k * n);
  if (options.out !== undefined) checkLength('out', options.out, m * n);
  const out = options.out ?? new Float32Array(m * n);
  for (const [name, input] of Object.entries({ a, b })) if (overlaps(input, out)) throw overlap(name);
  if (rung !== undefined) checkRung(rung);
  if (binding === undefined || rung === typescript.name) matmul(a, b, { m, k, n, out, transposeA, transposeB });
  else binding.matmul(a, b, out, { m, k, n, rung, threads, transposeA: Number(transposeA), transposeB: Number(transposeB) });
  return out;
}

function checkSizes(sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isInteger(size) && size >= 0 && size < 2 ** 32) continue;
    throw new LabError(
      'native/size',
      `${name} must be a whole number of at least 0; got ${size}.`,
      'Pass the sizes of the matrices: { m, k, n }.',
    );
  }
}

function checkThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return;
  throw new LabError('native/threads', `threads must be a whole number from 1 to 64; got ${threads}.`, 'Leave it out for one thread.');
}

function checkLength(name: string, values: Float32Array, length: number): void {
  // Not instanceof: an array may come from another realm.
  const kind = Object.prototype.toString.call(values).slice(8, -1);
  if (kind !== 'Float32Array')
    throw new LabError('native/dtype', `${name} must be a Float32Array; got ${kind}.`, 'Convert it: Float32Array.from(values).');
  if (values.length === length) return;
  throw new LabError('native/length', `${name} must hold ${length} elements; got ${values.length}.`, 'Compare it with the sizes m, k, n.');
}

function overlaps(x: Float32Array, y: Float32Array): boolean {
  return x.buffer === y.buffer && x.byteOffset < y.byteOffset + y.byteLength && y.byteOffset < x.byteOffset + x.byteLength;
}

const overlap = (name: string): LabError =>
  new LabError(
    'native/overlap',
    `out shares memory with ${name}, which is still read while out is written.`,
    'Give out an array of its own.',
  );

function checkRung(rung: string): void {
  const available = nativeRungs()
    .matmul.filter(({ available: here }) => here)
    .map(({ name }) => name);
  if (available.includes(rung)) return;
  throw new LabError(
    'native/rung',
    `matmul has no rung "${rung}" here; available: ${available.join(', ')}.`,
    'npx tinylab doctor says what the machine and the installation lack.',
  );
}
