import { LabError } from '../../tensor/errors.ts';
import type { Trace } from '../drawing.ts';
import { type Figure, figure } from '../figure.ts';
import { chartLayout, layoutAxis, type PlotOptions } from './layout.ts';
import { numbers, type SeriesOf, seriesOf } from './values.ts';

/** A point; its label is written beside it. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly label?: string;
}

/**
 * Points of one or several series, for example accuracy against size of some models.
 * @example
 * plot.scatter([{ x: 1e5, y: 0.88, label: 'small' }], { x: { title: 'Parameters', log: true }, y: { title: 'Accuracy', percent: true } })
 * @throws LabError `plot/empty` when there is no point.
 */
export function scatter(points: SeriesOf<readonly Point[]>, options: PlotOptions = {}): Figure {
  const named = seriesOf(points, Array.isArray);
  const data = named.map(([name, series]) => pointsTrace(name, series));
  if (data.every(trace => trace.x?.length === 0)) {
    throw new LabError('plot/empty', 'plot.scatter got no point.', 'Give it points such as { x: 1, y: 2 }.');
  }
  const parts = { showlegend: named.length > 1, xaxis: layoutAxis(options.x), yaxis: layoutAxis(options.y), hovermode: 'closest' };
  return figure(data, chartLayout(options, parts));
}

/** Points as a trace; labels stand above their points. */
export function pointsTrace(name: string, points: readonly Point[]): Trace {
  const labelled = points.some(point => point.label);
  return {
    type: 'scatter',
    mode: labelled ? 'markers+text' : 'markers',
    ...(name ? { name } : {}),
    x: numbers(points.map(point => point.x)),
    y: numbers(points.map(point => point.y)),
    ...(labelled ? { text: points.map(point => point.label ?? ''), textposition: 'top center', cliponaxis: false } : {}),
    marker: { size: 9 },
  };
}
