import { LabError } from '../../tensor/errors.ts';
import type { Trace } from '../drawing.ts';
import { type Figure, figure } from '../figure.ts';
import { chartLayout, layoutAxis, type PlotOptions } from './layout.ts';
import { numbers } from './values.ts';

/** Heights by label; pairs keep their order even when a label looks like a number. */
export type Bars = Readonly<Record<string, number>> | readonly (readonly [string, number])[];

/** `horizontal` suits long labels: `x` and `y` still mean the axes as drawn. `stack` puts series on top of each other. */
export interface BarOptions extends PlotOptions {
  readonly horizontal?: boolean;
  readonly stack?: boolean;
}

/**
 * Bars by label, from `{ conv1: 120, conv2: 300 }` or several series `{ dense: { conv1: 120 }, pruned: { conv1: 60 } }`. Bars start at 0.
 * @example
 * plot.bar({ conv1: 1.2e6, conv2: 3.1e6 }, { y: { title: 'Work', unit: 'MACs' } })
 * @throws LabError `plot/empty` when there is no bar.
 */
export function bar(bars: Bars | Readonly<Record<string, Bars>>, options: BarOptions = {}): Figure {
  const { horizontal = false, stack = false } = options;
  const series = isOne(bars) ? [['', bars] as const] : Object.entries(bars as Readonly<Record<string, Bars>>);
  const data = series.map(([name, one]): Trace => {
    const pairs = pairsOf(one);
    const labels = pairs.map(([label]) => label);
    const values = numbers(pairs.map(([, value]) => value));
    const along = horizontal ? { x: values, y: labels, orientation: 'h' } : { x: labels, y: values };
    return { type: 'bar', ...(name ? { name } : {}), ...along };
  });
  if (data.every(trace => (trace.x ?? []).length === 0)) {
    throw new LabError('plot/empty', 'plot.bar got no bar.', 'Give it labels and numbers, such as { conv1: 120, conv2: 300 }.');
  }
  const categories = { type: 'category', ...(horizontal ? { autorange: 'reversed' } : {}) };
  const xaxis = layoutAxis(options.x, horizontal ? { rangemode: 'tozero' } : categories);
  const yaxis = layoutAxis(options.y, horizontal ? categories : { rangemode: 'tozero' });
  return figure(data, chartLayout(options, { showlegend: data.length > 1, xaxis, yaxis, barmode: stack ? 'stack' : 'group', bargap: 0.3 }));
}

const pairsOf = (bars: Bars): readonly (readonly [string, number])[] =>
  Array.isArray(bars) ? bars : (Object.entries(bars) as [string, number][]);

const isOne = (bars: Bars | Readonly<Record<string, Bars>>): bars is Bars =>
  Array.isArray(bars) || Object.values(bars).every(value => typeof value === 'number');
