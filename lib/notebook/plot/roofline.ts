import { LabError } from '../../tensor/errors.ts';
import type { Trace } from '../drawing.ts';
import { type Figure, figure } from '../figure.ts';
import { chartLayout, layoutAxis, type PlotOptions } from './layout.ts';
import { type Point, pointsTrace } from './scatter.ts';

/** A machine: `peak` operations a second and `bandwidth` bytes a second. */
export interface Machine {
  readonly peak: number;
  readonly bandwidth: number;
}

/** A piece of work: operations per byte moved, and operations a second if that was measured; otherwise it is drawn on the roof. */
export interface RooflinePoint {
  readonly label: string;
  readonly intensity: number;
  readonly performance?: number;
}

/**
 * The roofline min(peak, bandwidth · intensity) on log axes, its ridge at peak / bandwidth, and the work below it.
 * @example
 * plot.roofline({ peak: 1e11, bandwidth: 2e10 }, [{ label: 'conv1', intensity: 12 }])
 * @throws LabError `plot/roofline` when peak, bandwidth or an intensity is not positive. Source: Williams et al. 2009.
 */
export function roofline(machine: Machine, work: readonly RooflinePoint[] = [], options: PlotOptions = {}): Figure {
  const positive = [machine.peak, machine.bandwidth, ...work.map(w => w.intensity), ...work.map(w => w.performance ?? 1)];
  if (!positive.every(value => value > 0 && Number.isFinite(value))) {
    const hint = 'Use operations a second, bytes a second and operations per byte.';
    throw new LabError('plot/roofline', `plot.roofline needs positive numbers; got ${positive.join(', ')}.`, hint);
  }
  const roof = (intensity: number): number => Math.min(machine.peak, machine.bandwidth * intensity);
  const ridge = machine.peak / machine.bandwidth;
  const intensities = [ridge, ...work.map(w => w.intensity)];
  const [low, high] = [Math.min(...intensities) / 4, Math.max(...intensities) * 4];
  const memory: Trace = { type: 'scatter', mode: 'lines', name: 'memory bound', x: [low, ridge], y: [roof(low), machine.peak] };
  const compute: Trace = { type: 'scatter', mode: 'lines', name: 'compute bound', x: [ridge, high], y: [machine.peak, machine.peak] };
  const points = work.map((w): Point => ({ x: w.intensity, y: w.performance ?? roof(w.intensity), label: w.label }));
  const xaxis = layoutAxis(options.x ?? { title: 'Intensity', unit: 'FLOP/byte', log: true }, ticks(low, high));
  const yaxis = layoutAxis(options.y ?? { title: 'Performance', unit: 'FLOP/s', log: true }, ticks(roof(low), machine.peak));
  const parts = { showlegend: true, xaxis, yaxis, hovermode: 'closest' };
  return figure(
    [memory, compute, ...(points.length ? [{ ...pointsTrace('work', points), textposition: 'bottom right' }] : [])],
    chartLayout(options, parts),
  );
}

/** Ticks at 1, 2, 5 over a few decades, at powers of ten over many: Plotly's own choice crowds the axis. */
function ticks(low: number, high: number): { dtick: number | string } {
  return { dtick: Math.log10(high / low) > 3 ? 1 : 'D2' };
}
