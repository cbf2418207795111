import type { MeasuredLoop } from '../../loops/measure/measure.ts';
import type { LoopProblem } from '../../loops/problems/problem.ts';
import type { Trace } from '../drawing.ts';
import { type Figure, figure } from '../figure.ts';
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
  const drawn = roofline(
    { peak, bandwidth },
    rows.map(({ name, gops }) => ({ label: name, intensity, performance: 1e9 * gops })),
    { x: { title: 'Intensity', unit: 'OP/byte', log: true }, y: { title: 'Performance', unit: 'OP/s', log: true }, ...options },
  );
  const [memory, compute, points] = drawn.data as readonly [Trace, Trace, Trace];
  const left = intensity * intensity * bandwidth > peak * Number(memory.x?.[0]) * 4; // there is more room on the side of the ridge
  const named = {
    text: rows.map(({ name }) => (left ? `${name}\u00a0\u00a0` : `\u00a0\u00a0${name}`)),
    showlegend: false,
    hoverinfo: 'skip',
  };
  const gap = Math.log10(peak / Math.min(...(memory.y as number[]), ...(points.y as number[]))) / 14;
  const y = apart(
    (points.y as readonly number[]).map(height => Math.min(height, peak / 10 ** (0.7 * gap))),
    gap,
  ); // below the roof
  const names: Trace = {
    type: 'scatter',
    mode: 'text',
    x: points.x ?? [],
    y,
    textposition: left ? 'middle left' : 'middle right',
    ...named,
  };
  return figure([memory, compute, { ...points, name: 'loops', mode: 'markers' }, names], drawn.layout);
}

/** The same heights, moved up on a log axis until no two are closer than `gap` powers of ten, so that what is written there can be read. */
function apart(heights: readonly number[], gap: number): number[] {
  const moved = [...heights];
  let least = -Infinity;
  for (const { height, at } of heights.map((height, at) => ({ height, at })).sort((a, b) => a.height - b.height)) {
    least = Math.max(Math.log10(height), least + gap);
    if (least > Math.log10(height)) moved[at] = 10 ** least;
  }
  return moved;
}
