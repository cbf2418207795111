/** What a strategy places: a size, and the steps, both included, between which nobody else may have these bytes. */
export interface Placeable {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** Chooses a place for each buffer: its first byte, in the order of the buffers. Sizes are those that are reserved, a multiple of the alignment. */
export type PlanStrategy = (buffers: readonly Placeable[]) => readonly number[];

/** Every buffer has bytes of its own, one after the other. TensorFlow Lite Micro, `LinearMemoryPlanner`. */
export const linear: PlanStrategy = buffers => {
  let end = 0;
  return buffers.map(({ bytes }) => {
    end += bytes;
    return end - bytes;
  });
};

/** Whether two buffers are there at the same time. */
export const meet = (a: Placeable, b: Placeable): boolean => a.from <= b.to && b.from <= a.to;

/** Places buffers in an order, each in the lowest gap that those placed before and there at the same time leave. */
const firstFit =
  (before: (a: Placeable, b: Placeable) => number): PlanStrategy =>
  buffers => {
    const offsets = new Array<number>(buffers.length).fill(0);
    const placed: number[] = [];
    const order = [...buffers.keys()].sort((a, b) => before(buffers[a] as Placeable, buffers[b] as Placeable) || a - b);
    for (const index of order) {
      const buffer = buffers[index] as Placeable;
      let at = 0;
      for (const other of placed) {
        const { bytes } = buffers[other] as Placeable;
        if (!meet(buffer, buffers[other] as Placeable)) continue;
        if ((offsets[other] as number) >= at + buffer.bytes) break;
        at = Math.max(at, (offsets[other] as number) + bytes);
      }
      offsets[index] = at;
      const behind = placed.findIndex(other => (offsets[other] as number) > at);
      placed.splice(behind < 0 ? placed.length : behind, 0, index);
    }
    return offsets;
  };

/**
 * The largest first, each in the lowest gap that is free while it is needed; of equal ones the one that is needed first. TensorFlow Lite Micro,
 * `GreedyMemoryPlanner`; Pisarchyk and Lee 2020, "greedy by size".
 */
export const greedyBySize: PlanStrategy = firstFit((a, b) => b.bytes - a.bytes || a.from - b.from);

/** In the order in which they are needed, each in the lowest gap: what an allocator does that does not know what comes. */
export const greedyByTime: PlanStrategy = firstFit((a, b) => a.from - b.from || b.bytes - a.bytes);
