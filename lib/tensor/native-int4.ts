import { type Int4Weights, int4Error, unpackInt4 } from './int4-weights.ts';
import { binding, type Rung } from './native.ts';

export interface Int4Options {
  /** Rows of x: tokens of a batch, or 1 while a language model writes. */
  readonly m: number;
  /** For int8 x: what 1 stands for in each row, m numbers. */
  readonly rowScale?: Float32Array;
  /** Threads that share the columns, 1 by default. The product has the same bits on any number. */
  readonly threads?: number;
  /** The implementation to run, by its name in `int4Rungs()`; the fastest that is available by default. */
  readonly rung?: string;
  /** Where the product goes, m · n elements that share no memory with other arrays; a new array by default. */
  readonly out?: Float32Array;
}

interface Kernel {
  (...values: [...(Float32Array | Int8Array | Uint8Array | undefined)[], Readonly<Record<string, number | string | undefined>>]): void;
  readonly rungs: readonly Rung[];
}

const kernel = (): Kernel | undefined => (binding as unknown as { readonly int4Matmul: Kernel } | undefined)?.int4Matmul;

const typescript: Rung = { name: 'typescript', available: true };

/** The implementations of `int4Matmul`, from the obvious to the fastest; `typescript` is always there. */
export function int4Rungs(): readonly Rung[] {
  return [typescript, ...(kernel()?.rungs ?? [])];
}

/**
 * Y = X · W, [m, n], for weights of 4 bits [k, n] as `packInt4` packs them, and X [m, k] in float32 (W4A32) or int8 with a scale for each row (W4A8).
 * W4A32: |error| ≤ γ(k + groups + 1) · Σ|x·w|. W4A8: sums S within a group are exact and |error| ≤ γ(groups + 2) · |rowScale| · Σ|scale · S|; γ(k) = k·u / (1 − k·u),
 * u = 2⁻²⁴, groups = ⌈k / group⌉. In TypeScript every product and sum is taken in double precision and rounded once. A row costs reading all weights, so that up to 8
 * rows take little longer than one: where weights lie in memory, its bandwidth is the limit.
 * @throws LabError `native/int4`: arrays, sizes, threads or a rung that do not fit.
 */
export function int4Matmul(x: Float32Array | Int8Array, weights: Int4Weights, options: Int4Options): Float32Array {
  const { m, rowScale, threads = 1, rung } = options;
  const { k, n, group, codes, scale, zero } = weights;
  check(x, weights, options);
  const out = options.out ?? new Float32Array(m * n);
  const native = kernel();
  if (native === undefined || rung === typescript.name) {
    inTypeScript(x, weights, { m, rowScale, out });
    return out;
  }
  try {
    native(padded(x, m, k), codes, scale, zero, out, rowScale, { m, k, n, group, threads, rung });
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw int4Error(error.message, 'x, codes, scale, zero, out and rowScale are arrays 0 to 5; see packInt4.');
    throw error;
  }
  return out;
}

function check(x: Float32Array | Int8Array, { k, n, group, codes, scale, zero }: Int4Weights, { m, rowScale, out }: Int4Options): void {
  if (!(Number.isInteger(m) && m >= 0 && m < 2 ** 31))
    throw int4Error(`m must be a whole number of at least 0; got ${m}.`, 'It counts the rows of x.');
  const [panels, groups] = [Math.ceil(n / 16), Math.ceil(k / group)];
  const arrays: [name: string, values: unknown, type: string, length: number][] = [
    ['x', x, rowScale ? 'Int8Array' : 'Float32Array', m * k],
    ['codes', codes, 'Uint8Array', panels * Math.ceil(k / 8) * 64],
    ['scale', scale, 'Float32Array', panels * groups * 16],
  ];
  if (zero !== undefined) arrays.push(['zero', zero, 'Uint8Array', panels * groups * 16]);
  if (rowScale !== undefined) arrays.push(['rowScale', rowScale, 'Float32Array', m]);
  if (out !== undefined) arrays.push(['out', out, 'Float32Array', m * n]);
  for (const [name, values, type, length] of arrays) {
    // Not instanceof: an array may come from another realm.
    const kind = Object.prototype.toString.call(values).slice(8, -1);
    if (kind !== type) throw int4Error(`${name} must be a ${type}; got ${kind}.`, 'int8 rows come with rowScale, float32 rows without it.');
    const got = (values as Float32Array).length;
    if (got !== length)
      throw int4Error(`${name} must hold ${length} numbers; got ${got}.`, 'Compare it with m, and with k, n and group of the weights.');
  }
}

/** Rows that end with zeros, so that each has a multiple of 8 elements. */
function padded<T extends Float32Array | Int8Array>(x: T, m: number, k: number): T {
  if (k % 8 === 0) return x;
  const step = Math.ceil(k / 8) * 8;
  const rows = new (x.constructor as new (length: number) => T)(m * step);
  for (let i = 0; i < m; i++) rows.set(x.subarray(i * k, (i + 1) * k) as T & Int8Array, i * step);
  return rows;
}

type Target = Pick<Int4Options, 'm' | 'rowScale'> & { readonly out: Float32Array };

function inTypeScript(x: Float32Array | Int8Array, weights: Int4Weights, { m, rowScale, out }: Target): void {
  const { k, n, group } = weights;
  // codes alone, which are exact, and their scales apart
  const ones = { ...weights, scale: new Float32Array(weights.scale.length).fill(1) };
  const codes = unpackInt4(ones);
  const groups = Math.ceil(k / group);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let g = 0; g < groups; g++) {
        let part = 0;
        for (let p = g * group; p < Math.min(k, (g + 1) * group); p++) part += (x[i * k + p] as number) * (codes[p * n + j] as number);
        sum += (weights.scale[((j >> 4) * groups + g) * 16 + (j & 15)] as number) * part;
      }
      out[i * n + j] = rowScale ? (rowScale[i] as number) * sum : sum;
    }
}
