import { type Cache, type CacheShape, cacheSimulator } from '../../measure/cache.ts';
import type { Layout } from '../run/layout.ts';
import type { AccessSite } from '../wasm/rewrite-function.ts';
import type { AccessCounts, AccessTrace } from './counts.ts';

const longestTrace = 2 ** 20;
const none = 255;
/** How much of a range that is copied or filled at once counts as one access. */
const chunk = 16;

interface Sum {
  loads: number;
  stores: number;
  bytesRead: number;
  bytesWritten: number;
  readonly misses: number[];
}

/** A range of the loop's memory, and where the simulated caches see it. */
interface Range {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly seen: number;
}

/**
 * Follows every access of a call. Caches see the arrays one behind the other from address 0 on, in the order of the arguments, as they lie in the memory of a
 * small machine: the gaps between them here are for finding what is written outside. An access to several lines asks for each.
 */
export class Accesses {
  readonly #caches: readonly Cache[];
  readonly #lineBytes: number;
  #ranges: Range[] = [];
  #sums: Sum[] = [];
  #sites: readonly AccessSite[] = [];
  #outside = 0;
  readonly #trace: { array: Uint8Array; address: Uint32Array; write: Uint8Array; missed: Uint8Array; length: number } | undefined;

  constructor(shapes: readonly CacheShape[], trace: boolean) {
    this.#caches = shapes.map(shape => cacheSimulator(shape));
    this.#lineBytes = shapes[0]?.lineBytes ?? 64;
    const column = (): Uint8Array => new Uint8Array(longestTrace);
    this.#trace = trace
      ? { array: column(), address: new Uint32Array(longestTrace), write: column(), missed: column(), length: 0 }
      : undefined;
  }

  /** What the instrumented module imports. */
  readonly imports = {
    tinylab: {
      touch: (address: number, site: number): void => {
        const { bytes, write } = this.#sites[site] as AccessSite;
        this.#access(address >>> 0, bytes, write);
      },
      span: (to: number, from: number, bytes: number): void => {
        for (let at = 0; at < bytes >>> 0; at += chunk) {
          const size = Math.min(chunk, (bytes >>> 0) - at);
          if (from !== -1) this.#access((from >>> 0) + at, size, false);
          this.#access((to >>> 0) + at, size, true);
        }
      },
    },
  };

  set sites(sites: readonly AccessSite[]) {
    this.#sites = sites;
  }

  /** Begins a call whose arrays lie so. */
  begin({ arrays }: Layout): void {
    let seen = 0;
    this.#ranges = arrays.map(({ name, address, data }) => {
      const range = { name, start: address, end: address + data.byteLength, seen };
      seen += data.byteLength;
      return range;
    });
    this.#outside = Math.ceil(seen / this.#lineBytes) * this.#lineBytes;
    this.#sums = [...this.#ranges, undefined].map(() => ({
      loads: 0,
      stores: 0,
      bytesRead: 0,
      bytesWritten: 0,
      misses: this.#caches.map(() => 0),
    }));
  }

  /** Accesses by array. Arrays that were not touched are there with zeros; `other` only when something was. */
  byArray(): Readonly<Record<string, AccessCounts>> {
    const other = this.#sums.at(-1) as Sum;
    const named = this.#ranges.map(({ name }, i) => [name, this.#sums[i] as Sum] as const);
    return Object.fromEntries(other.loads + other.stores > 0 ? [...named, ['other', other]] : named);
  }

  trace(): AccessTrace | undefined {
    if (!this.#trace) return undefined;
    const { array, address, write, missed, length } = this.#trace;
    const cut = <Column extends Uint8Array | Uint32Array>(column: Column): Column => column.slice(0, length) as Column;
    return {
      array: cut(array),
      address: cut(address),
      write: cut(write),
      missed: cut(missed),
      arrays: this.#ranges.map(({ name }) => name),
    };
  }

  #access(address: number, bytes: number, write: boolean): void {
    const found = this.#ranges.findIndex(({ start, end }) => address >= start && address < end);
    const range = this.#ranges[found];
    const sum = this.#sums[found < 0 ? this.#ranges.length : found] as Sum;
    if (write) {
      sum.stores++;
      sum.bytesWritten += bytes;
    } else {
      sum.loads++;
      sum.bytesRead += bytes;
    }
    const missed = this.#lookUp(range ? address - range.start + range.seen : address + this.#outside, bytes, sum);
    if (!this.#trace || this.#trace.length === longestTrace) return;
    const at = this.#trace.length++;
    this.#trace.array[at] = found < 0 ? none : found;
    this.#trace.address[at] = range ? address - range.start : address;
    this.#trace.write[at] = write ? 1 : 0;
    this.#trace.missed[at] = missed;
  }

  /** Asks the caches for each line, the next level only for what the one before lacks; how many levels lacked one. */
  #lookUp(address: number, bytes: number, sum: Sum): number {
    let most = 0;
    for (let line = Math.floor(address / this.#lineBytes); line * this.#lineBytes < address + bytes; line++) {
      let level = 0;
      while (level < this.#caches.length && !(this.#caches[level] as Cache).access(line * this.#lineBytes))
        sum.misses[level] = (sum.misses[level++] as number) + 1;
      most = Math.max(most, level);
    }
    return most;
  }
}
