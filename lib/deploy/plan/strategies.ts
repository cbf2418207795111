import { apart, bytesBelow, type Placeable } from './placeable.ts';

/** Places with what is known of them. */
export interface Placement {
  /** The first byte of each buffer, in the order of the buffers. */
  readonly offsets: readonly number[];
  /** Whether no placement of these buffers has a smaller arena. */
  readonly optimal: boolean;
}

/**
 * Chooses a place for each buffer: its first byte, in the order of the buffers. Sizes are those that are reserved, a multiple of the alignment. One that proves
 * that there is no smaller arena says so.
 */
export type PlanStrategy = (buffers: readonly Placeable[]) => readonly number[] | Placement;

type PlainStrategy = (buffers: readonly Placeable[]) => readonly number[];

/** Every buffer has bytes of its own, one after the other. TensorFlow Lite Micro, `LinearMemoryPlanner`. */
export const linear: PlainStrategy = buffers => {
  let end = 0;
  return buffers.map(({ bytes }) => {
    end += bytes;
    return end - bytes;
  });
};

/** Places buffers in an order, each in the lowest gap that those placed before and there at the same time leave. */
export const firstFit =
  (before: (a: Placeable, b: Placeable) => number): PlainStrategy =>
  buffers => {
    const offsets = new Array<number>(buffers.length).fill(0);
    const placed: number[] = [];
    const order = [...buffers.keys()].sort((a, b) => before(buffers[a] as Placeable, buffers[b] as Placeable) || a - b);
    for (const index of order) {
      const buffer = buffers[index] as Placeable;
      const others = placed
        .filter(other => apart(buffer, buffers[other] as Placeable))
        .map(other => {
          const from = offsets[other] as number;
          return {
            from,
            end: from + bytesBelow(buffers[other] as Placeable, buffer),
            above: bytesBelow(buffer, buffers[other] as Placeable),
          };
        });
      offsets[index] = lowestGap(others);
      placed.push(index);
    }
    return offsets;
  };

/** The lowest place for a buffer beside others: it lies from their `end` on, or `above` bytes below where they begin. */
function lowestGap(others: readonly { readonly from: number; readonly end: number; readonly above: number }[]): number {
  let at = 0;
  for (;;) {
    // whatever is in the way of this place is in the way of all between it and that end
    const blocked = others.find(({ from, end, above }) => at < end && from < at + above);
    if (!blocked) return at;
    at = blocked.end;
  }
}

/**
 * The largest first, each in the lowest gap that is free while it is needed; of equal ones the one that is needed first. TensorFlow Lite Micro,
 * `GreedyMemoryPlanner`; Pisarchyk and Lee 2020, "greedy by size".
 */
export const greedyBySize: PlainStrategy = firstFit((a, b) => b.bytes - a.bytes || a.from - b.from);

/** In the order in which they are needed, each in the lowest gap: what an allocator does that does not know what comes. */
export const greedyByTime: PlainStrategy = firstFit((a, b) => a.from - b.from || b.bytes - a.bytes);
