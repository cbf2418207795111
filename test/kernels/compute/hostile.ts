import { type Random, random } from '../../../lib/tensor/random.ts';
import { good } from './good-calls.ts';
import {
  below,
  detached,
  fields,
  guard,
  isMemory,
  junk,
  type Memory,
  makeOf,
  numbers,
  otherMemory,
  pick,
  rungs,
} from './hostile-values.ts';

/** What a hostile getter throws: an error of the caller's own, which the binding passes on. */
export class OwnError extends Error {}

/** A call that nobody should make: arguments, what was done to them, and memory beside arrays that must stay as it is. */
export interface HostileCall {
  readonly kernel: string;
  readonly values: readonly unknown[];
  readonly spoiled: readonly string[];
  readonly isIntact: () => boolean;
}

const calls = Object.entries(Object.assign({}, ...Object.values(good)) as Record<string, readonly unknown[]>);

/** One call of some kernel, with up to four of its arguments spoiled. The same seed gives the same call. */
export function hostileCall(seed: number): HostileCall {
  const rng = random(seed);
  const [kernel, values] = pick(rng, calls);
  const spoiler = new Spoiler(rng, values);
  for (let n = below(rng, 5); n > 0; n--) spoiler.spoil();
  return { kernel, values: spoiler.values, spoiled: spoiler.spoiled, isIntact: spoiler.isIntact };
}

class Spoiler {
  readonly spoiled: string[] = [];
  readonly values: unknown[];
  readonly #rng: Random;
  #guarded: Memory[] = [];

  constructor(rng: Random, values: readonly unknown[]) {
    this.#rng = rng;
    this.values = values.map(value => (isMemory(value) ? this.#copy(value) : typeof value === 'object' ? { ...value } : value));
  }

  readonly isIntact = (): boolean =>
    this.#guarded.every(
      ({ buffer, byteOffset, byteLength }) =>
        // a getter may have taken its memory away
        (buffer as ArrayBuffer).detached ||
        new Uint8Array(buffer).every((byte, i) => byte === guard || (i >= byteOffset && i < byteOffset + byteLength)),
    );

  spoil(): void {
    const ways = [
      this.#junk,
      this.#array,
      this.#array,
      this.#array,
      this.#field,
      this.#field,
      this.#option,
      this.#option,
      this.#getter,
      this.#count,
    ];
    const way = pick(this.#rng, ways);
    way.call(this);
  }

  /** In memory of just its size, or with guards on both sides, at an odd place. */
  #copy(value: Memory): Memory {
    const size = value.BYTES_PER_ELEMENT;
    if (below(this.#rng, 2) === 0) return new (makeOf(value))(value.slice().buffer);
    const memory = new Uint8Array(value.byteLength + 20 * size).fill(guard);
    const copy = new (makeOf(value))(memory.buffer, (1 + below(this.#rng, 9)) * size, value.length);
    copy.set(value);
    this.#guarded.push(copy);
    return copy;
  }

  #put(at: number, value: unknown, how: string): void {
    this.values[at] = value;
    this.spoiled.push(`${at}: ${how}`);
  }

  #junk(): void {
    const wrong = pick(this.#rng, junk);
    this.#put(below(this.#rng, this.values.length), wrong, `junk ${Object.prototype.toString.call(wrong)}`);
  }

  /** Another array of the same type: of another length, over other memory, sharing some with another argument, of any bits. */
  #array(): void {
    const at = below(this.#rng, this.values.length);
    const array = this.values[at];
    if (!isMemory(array) || array.length === 0) return;
    const ways = {
      length: this.#otherLength,
      memory: (array: Memory) => otherMemory(this.#rng, array),
      overlap: this.#overlapping,
      bits: this.#otherBits,
    };
    const [name, way] = pick(this.#rng, Object.entries(ways));
    this.#put(at, way.call(this, array), name);
  }

  #otherLength(array: Memory): Memory {
    return new (makeOf(array))(
      new ArrayBuffer(
        pick(
          this.#rng,
          [0, 1, array.length - 1, array.length + 1, 2 * array.length, 5000].map(n => Math.max(0, n)),
        ) * array.BYTES_PER_ELEMENT,
      ),
    );
  }

  #overlapping(array: Memory): Memory {
    const other = this.values[below(this.#rng, this.values.length)];
    if (!isMemory(other) || other.length === 0) return array;
    const size = array.BYTES_PER_ELEMENT;
    const at = Math.floor((other.byteOffset + below(this.#rng, other.byteLength + 1)) / size) * size;
    const room = Math.floor((other.buffer.byteLength - at) / size);
    // a view may now lie over the guards
    this.#guarded = this.#guarded.filter(({ buffer }) => buffer !== other.buffer);
    return room < 0 ? array : new (makeOf(array))(other.buffer, at, Math.min(room, array.length));
  }

  #otherBits(array: Memory): Memory {
    const copy = this.#copy(array);
    const bytes = new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = pick(this.#rng, [0, 255, 127, 128, below(this.#rng, 256)]);
    return copy;
  }

  /** A field of a shape, or an element of whatever comes first. */
  #field(): void {
    const shape = this.values[0];
    if (!(shape instanceof Int32Array) || shape.length === 0) return;
    const copy = shape.slice();
    const field = below(this.#rng, shape.length);
    copy[field] = pick(this.#rng, fields);
    this.#put(0, copy, `field ${field} = ${copy[field]}`);
  }

  #options(): Record<string, unknown> | undefined {
    const options = this.values.at(-1);
    return typeof options === 'object' && options !== null && Object.getPrototypeOf(options) === Object.prototype
      ? (options as Record<string, unknown>)
      : undefined;
  }

  #option(): void {
    const options = this.#options();
    if (!options) return;
    const name = pick(this.#rng, [...Object.keys(options), 'rung', 'threads']);
    const value = pick(this.#rng, name === 'rung' ? rungs : numbers);
    Object.defineProperty(options, name, { value, enumerable: true, configurable: true, writable: true });
    this.spoiled.push(`${name} = ${typeof value === 'object' ? Object.prototype.toString.call(value) : String(value).slice(0, 40)}`);
  }

  /** A property that throws when it is read, or takes the memory of an array away. */
  #getter(): void {
    const options = this.#options();
    if (!options) return;
    const name = pick(this.#rng, [...Object.keys(options), 'rung']);
    const [value, victim, throws] = [
      Object.getOwnPropertyDescriptor(options, name)?.value,
      pick(this.#rng, this.values),
      below(this.#rng, 3) === 0,
    ];
    Object.defineProperty(options, name, {
      enumerable: true,
      configurable: true,
      get: () => {
        if (throws) throw new OwnError('mine');
        if (isMemory(victim) && victim.buffer instanceof ArrayBuffer && victim.byteLength > 0) detached(victim);
        return value;
      },
    });
    this.spoiled.push(`a getter of ${name} ${throws ? 'throws' : 'detaches'}`);
  }

  /** Too few arguments, or too many. */
  #count(): void {
    if (below(this.#rng, 2) === 0) this.values.pop();
    else this.values.splice(below(this.#rng, this.values.length + 1), 0, ...Array(below(this.#rng, 12)).fill(pick(this.#rng, junk)));
    this.spoiled.push(`${this.values.length} arguments`);
  }
}
