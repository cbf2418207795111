/** What a strategy places: a size, and the steps, both included, between which nobody else may have these bytes. */
export interface Placeable {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
  /** From these steps on, in order, it takes its first `bytes` only; what lies behind them is free. Absent where it keeps its size. */
  readonly shrinks?: readonly { readonly from: number; readonly bytes: number }[];
}

/** Whether two buffers are there at the same time. */
export const meet = (a: Placeable, b: Placeable): boolean => a.from <= b.to && b.from <= a.to;

/** Bytes that a buffer takes in a step between its first and its last. */
export function bytesIn({ bytes, shrinks = [] }: Placeable, step: number): number {
  let size = bytes;
  for (const { from, bytes: less } of shrinks) if (from <= step) size = less;
  return size;
}

/** Bytes of `a` that `b` must keep clear of when it lies above: those of the first step in which both are there, since buffers only shrink; 0 if none is. */
export const bytesBelow = (a: Placeable, b: Placeable): number => (meet(a, b) ? bytesIn(a, Math.max(a.from, b.from)) : 0);

/** Whether two buffers may not share bytes: both are there in some step, with bytes. */
export const apart = (a: Placeable, b: Placeable): boolean => bytesBelow(a, b) > 0 && bytesBelow(b, a) > 0;

/** The most bytes that are there at one time. */
export function mostAtOnce(buffers: readonly Placeable[]): number {
  // the sum changes where a buffer begins, where it shrinks, and behind the step where it ends
  const changes = buffers.flatMap(({ from, to, bytes, shrinks = [] }) => {
    const sizes = [{ from, bytes }, ...shrinks.filter(({ from: step }) => step <= to), { from: to + 1, bytes: 0 }];
    return sizes.map((size, i) => [size.from, size.bytes - (sizes[i - 1]?.bytes ?? 0)] as const);
  });
  changes.sort(([a, x], [b, y]) => a - b || x - y);
  let [sum, most] = [0, 0];
  for (const [, bytes] of changes) {
    sum += bytes;
    most = Math.max(most, sum);
  }
  return most;
}
