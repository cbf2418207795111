import type { MeasuredLoop } from '../../loops/measure/measure.ts';
import type { LoopProblem } from '../../loops/problems/problem.ts';
import type { Figure } from '../figure.ts';
import type { PlotOptions } from './layout.ts';
import { roofline } from './roofline.ts';

/** What loops are set against. */
export interface LoopsOptions extends PlotOptions {
  /** What they were measured on. */
  readonly problem: Pick<LoopProblem, 'macs' | 'bytes'>;
  /** Bytes a second from memory, such as `measureDevice().bandwidth`. */
  readonly bandwidth: number;
}

/**
 * Measured loops below the roof of WebAssembly's vectors: 2 · MACs a second over 2 · MACs per byte that has to move at least once. All stand above each other,
 * since a better loop does the same work in less time.
 * @example
 * const row = { name: 'naive', minMs: 1, medianMs: 1, spreadMs: 0, calls: 5, gops: 2, ratio: 1, ofWasm: 0.04, ofNative: 0.01 };
 * plot.loops([row], { problem: loops.problems.matmul({ m: 64, n: 64, k: 64 }), bandwidth: 2e10 })
 * @throws LabError `plot/roofline` when a speed is not positive.
 */
export function loops(rows: readonly MeasuredLoop[], { problem, bandwidth, ...options }: LoopsOptions): Figure {
  const peak = Math.max(...rows.map(({ gops, ofWasm }) => (1e9 * gops) / ofWasm));
  const intensity = (2 * problem.macs) / problem.bytes;
  return roofline(
    { peak, bandwidth },
    rows.map(({ name, gops }) => ({ label: name, intensity, performance: 1e9 * gops })),
    { x: { title: 'Intensity', unit: 'OP/byte', log: true }, y: { title: 'Performance', unit: 'OP/s', log: true }, ...options },
  );
}
