import { apart, bytesBelow, bytesIn, type Placeable } from './placeable.ts';

/** What a search ended with: places, when it found some, and whether there is no better one. */
interface Found {
  readonly offsets?: readonly number[];
  readonly complete: boolean;
}

/** A buffer with those that are there at the same time, and how far above it those must begin. */
interface Neighbours {
  readonly others: readonly number[];
  readonly clear: readonly number[];
  /** The moments in which it is there, and its bytes in each. */
  readonly moments: readonly number[];
  readonly sizes: readonly number[];
}

/**
 * Placements of buffers, depth first. Every arena can be pushed down until each buffer lies at 0 or on another one; buffers are placed by their offset then, so that a
 * placement is found in one order only.
 */
export class PlacementSearch {
  readonly #buffers: readonly Placeable[];
  readonly #neighbours: readonly Neighbours[];
  /** The lowest place of each buffer above those that are placed. */
  readonly #lowest: Float64Array;
  readonly #placed: Uint8Array;
  /** Of each moment: the end of what is placed, and the bytes that are not placed yet. */
  readonly #top: Float64Array;
  readonly #left: Float64Array;
  #most = 0;
  #nodes = 0;
  #best: readonly number[] | undefined;

  constructor(buffers: readonly Placeable[]) {
    this.#buffers = buffers;
    const moments = [...new Set(buffers.flatMap(({ from, shrinks = [] }) => [from, ...shrinks.map(({ from: step }) => step)]))].sort(
      (a, b) => a - b,
    );
    this.#neighbours = buffers.map(buffer => neighboursOf(buffer, buffers, moments));
    this.#lowest = new Float64Array(buffers.length);
    this.#placed = new Uint8Array(buffers.length);
    this.#top = new Float64Array(moments.length);
    this.#left = new Float64Array(moments.length);
    for (const { moments: there, sizes } of this.#neighbours)
      for (const [i, moment] of there.entries()) this.#left[moment] = (this.#left[moment] as number) + (sizes[i] as number);
  }

  /** A placement in so many bytes. */
  within(bytes: number, nodes: number): Found {
    return this.#search(bytes, nodes, false);
  }

  /** The smallest placement of fewer bytes than these. */
  smallest(below: number, nodes: number): Found {
    return this.#search(below - 1, nodes, true);
  }

  #search(most: number, nodes: number, further: boolean): Found {
    [this.#most, this.#nodes, this.#best] = [most, nodes, undefined];
    // buffers of no bytes are in nobody's way
    const ordered = [...this.#buffers.keys()].filter(index => (this.#buffers[index] as Placeable).bytes > 0);
    this.#descend(ordered, { level: 0, last: -1, further });
    return { ...(this.#best ? { offsets: this.#best } : {}), complete: this.#nodes > 0 };
  }

  /** Places one more of those that are left, no lower than the last. Says whether the search is over. */
  #descend(
    left: readonly number[],
    { level, last, further }: { readonly level: number; readonly last: number; readonly further: boolean },
  ): boolean {
    if (left.length === 0) {
      const bytes = this.#bytes();
      if (bytes > this.#most) return false;
      this.#best = Array.from(this.#lowest);
      this.#most = bytes - 1;
      return !further;
    }
    if (--this.#nodes <= 0) return true;
    if (!this.#canHold(level)) return false;
    for (const index of this.#candidates(left, level, last)) {
      const at = this.#lowest[index] as number;
      const before = this.#put(index);
      const over = this.#descend(
        left.filter(other => other !== index),
        { level: at, last: index, further },
      );
      this.#take(index, before);
      if (over) return true;
    }
    return false;
  }

  /** Whether what is left fits above what is placed, in every moment. */
  #canHold(level: number): boolean {
    for (let moment = 0; moment < this.#top.length; moment++) {
      const bytes = this.#left[moment] as number;
      if (bytes > 0 && Math.max(this.#top[moment] as number, level) + bytes > this.#most) return false;
    }
    return true;
  }

  /** Who may come next: nobody below the last, and nobody under whom another one would fit. The lowest first, then the largest. */
  #candidates(left: readonly number[], level: number, last: number): readonly number[] {
    let end = Number.POSITIVE_INFINITY;
    for (const index of left) end = Math.min(end, (this.#lowest[index] as number) + (this.#buffers[index] as Placeable).bytes);
    return left
      .filter(index => {
        const at = this.#lowest[index] as number;
        return at < end && (at > level || (at === level && index > last));
      })
      .sort(
        (a, b) =>
          (this.#lowest[a] as number) - (this.#lowest[b] as number) ||
          (this.#buffers[b] as Placeable).bytes - (this.#buffers[a] as Placeable).bytes,
      );
  }

  /** Places a buffer at its lowest place; gives what `take` needs. */
  #put(index: number): { readonly lowest: readonly number[]; readonly top: readonly number[] } {
    const { others, clear, moments, sizes } = this.#neighbours[index] as Neighbours;
    const at = this.#lowest[index] as number;
    this.#placed[index] = 1;
    const lowest = others.map(other => this.#lowest[other] as number);
    for (const [i, other] of others.entries())
      if (!this.#placed[other]) this.#lowest[other] = Math.max(this.#lowest[other] as number, at + (clear[i] as number));
    const top = moments.map(moment => this.#top[moment] as number);
    for (const [i, moment] of moments.entries()) {
      this.#top[moment] = Math.max(this.#top[moment] as number, at + (sizes[i] as number));
      this.#left[moment] = (this.#left[moment] as number) - (sizes[i] as number);
    }
    return { lowest, top };
  }

  #take(index: number, { lowest, top }: { readonly lowest: readonly number[]; readonly top: readonly number[] }): void {
    const { others, moments, sizes } = this.#neighbours[index] as Neighbours;
    this.#placed[index] = 0;
    for (const [i, other] of others.entries()) this.#lowest[other] = lowest[i] as number;
    for (const [i, moment] of moments.entries()) {
      this.#top[moment] = top[i] as number;
      this.#left[moment] = (this.#left[moment] as number) + (sizes[i] as number);
    }
  }

  #bytes(): number {
    return this.#buffers.reduce((most, { bytes }, index) => Math.max(most, (this.#lowest[index] as number) + bytes), 0);
  }
}

function neighboursOf(buffer: Placeable, buffers: readonly Placeable[], moments: readonly number[]): Neighbours {
  const others = [...buffers.keys()].filter(index => buffers[index] !== buffer && apart(buffer, buffers[index] as Placeable));
  const there = [...moments.keys()].filter(index => buffer.from <= (moments[index] as number) && (moments[index] as number) <= buffer.to);
  return {
    others,
    clear: others.map(index => bytesBelow(buffer, buffers[index] as Placeable)),
    moments: there,
    sizes: there.map(index => bytesIn(buffer, moments[index] as number)),
  };
}
