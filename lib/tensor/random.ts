import { allocate, array, type NDArray } from './array.ts';
import { LabError } from './errors.ts';
import { type Shape, sizeOf } from './shape.ts';

/** A seeded stream of random values. Same seed, same values, on every machine. */
export interface Random {
  /** A uniform value in [0, 1) with 32 random bits. */
  next(): number;
  /** A whole number in [low, high], both ends included, without modulo bias. */
  int(low: number, high: number): number;
  /** A uniform value in [low, high). */
  uniform(low?: number, high?: number): number;
  /** A normally distributed value (polar Box-Muller). */
  normal(mean?: number, deviation?: number): number;
  /** One of the values, each as likely. */
  pick<T>(values: readonly T[]): T;
  /** The numbers 0 … n-1 in random order (Fisher-Yates). */
  permutation(n: number): Int32Array;
  /** An independent stream named by `label`; drawing from it does not move this one. */
  split(label: string | number): Random;
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** splitmix32: spreads one 32-bit word over a state. */
function splitmix(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/** FNV-1a, 32 bits, over UTF-16 code units: names a split stream. */
function hash(text: string, basis: number): number {
  let h = basis >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

class Xoshiro128 implements Random {
  readonly #seed: number;
  readonly #state: Uint32Array;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    const spread = splitmix(this.#seed);
    this.#state = Uint32Array.from({ length: 4 }, spread);
  }

  #word(): number {
    const s = this.#state;
    const [a, b, c, d] = [s[0], s[1], s[2], s[3]];
    // written one by one: this runs for every random value
    s[0] = a ^ d ^ b;
    s[1] = b ^ c ^ a;
    s[2] = c ^ a ^ (b << 9);
    s[3] = rotate(d ^ b, 11);
    return Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
  }

  next(): number {
    return this.#word() / 2 ** 32;
  }

  int(low: number, high: number): number {
    const range = high - low + 1;
    if (!Number.isInteger(low) || !Number.isInteger(high) || range < 1 || range > 2 ** 32) {
      throw new LabError(
        'random/range',
        `int(low, high) needs whole numbers with low ≤ high; got ${low}, ${high}.`,
        'Both ends are included.',
      );
    }
    const limit = 2 ** 32 - (2 ** 32 % range);
    let word = this.#word();
    while (word >= limit) word = this.#word();
    return low + (word % range);
  }

  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.next();
  }

  normal(mean = 0, deviation = 1): number {
    let value = this.#spare;
    this.#spare = undefined;
    while (value === undefined) {
      const u = 2 * this.next() - 1;
      const v = 2 * this.next() - 1;
      const r = u * u + v * v;
      if (r >= 1 || r === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(r)) / r);
      value = u * factor;
      this.#spare = v * factor;
    }
    return mean + deviation * value;
  }

  /** What `normal` gives, value by value, into `data`: the state stays in registers, for models have millions of values. */
  fillNormal(data: { readonly length: number; [index: number]: number }, mean: number, deviation: number): void {
    let [a, b, c, d] = this.#state as unknown as [number, number, number, number];
    let spare = this.#spare;
    for (let i = 0; i < data.length; ) {
      if (spare !== undefined) {
        data[i++] = mean + deviation * spare;
        spare = undefined;
        continue;
      }
      const first = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
      const [e, f, g, h] = [a ^ d ^ b, b ^ c ^ a, c ^ a ^ (b << 9), rotate(d ^ b, 11)];
      const second = Math.imul(rotate(Math.imul(f, 5), 7), 9) >>> 0;
      [a, b, c, d] = [e ^ h ^ f, f ^ g ^ e, g ^ e ^ (f << 9), rotate(h ^ f, 11)];
      const u = 2 * (first / 2 ** 32) - 1;
      const v = 2 * (second / 2 ** 32) - 1;
      const r = u * u + v * v;
      if (r >= 1 || r === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(r)) / r);
      data[i++] = mean + deviation * (u * factor);
      spare = v * factor;
    }
    this.#spare = spare;
    this.#state.set([a, b, c, d]);
  }

  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new LabError('random/empty', 'pick() got an empty list.', 'Give it at least one value.');
    return values[this.int(0, values.length - 1)] as T;
  }

  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.int(0, i);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  split(label: string | number): Random {
    return new Xoshiro128(hash(`${typeof label}:${label}`, 0x811c9dc5 ^ Math.imul(this.#seed, 0x9e3779b1)));
  }
}

/**
 * A seeded generator: xoshiro128** (Blackman and Vigna 2018) whose state splitmix32 fills from `seed` (a whole number, used modulo 2^32).
 * @throws LabError `random/seed` when the seed is not a whole number.
 */
export function random(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new LabError('random/seed', `A seed is a whole number; got ${String(seed)}.`, 'Use any whole number, such as random(7).');
  }
  return new Xoshiro128(seed);
}

/** An array whose values `draw` gives one after the other. */
function drawn(shape: Shape, dtype: 'float32' | 'int32', draw: () => number): NDArray {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = draw();
  return array(shape, data, dtype);
}

/** A float32 array of `shape` with normally distributed values. */
export function normal(rng: Random, shape: Shape, options: { mean?: number; deviation?: number } = {}): NDArray {
  const { mean = 0, deviation = 1 } = options;
  if (!(rng instanceof Xoshiro128)) return drawn(shape, 'float32', () => rng.normal(mean, deviation));
  const data = allocate('float32', sizeOf(shape));
  rng.fillNormal(data, mean, deviation);
  return array(shape, data, 'float32');
}

/** A float32 array of `shape` with uniform values in [low, high). */
export function uniform(rng: Random, shape: Shape, options: { low?: number; high?: number } = {}): NDArray {
  return drawn(shape, 'float32', () => rng.uniform(options.low, options.high));
}

/** An int32 array of `shape` with whole numbers in [low, high], both included. */
export function integers(rng: Random, shape: Shape, options: { low: number; high: number }): NDArray {
  return drawn(shape, 'int32', () => rng.int(options.low, options.high));
}
