import { LabError } from '../../tensor/errors.ts';
import type { Trace, Value } from '../drawing.ts';
import { type Figure, figure } from '../figure.ts';
import { chartLayout, layoutAxis, type PlotOptions } from './layout.ts';
import { isValues, numbers, type SeriesOf, seriesOf, type Values } from './values.ts';

/** `at` gives the positions on the x axis (numbers or labels); without it they are 0, 1, 2 … */
export interface LineOptions extends PlotOptions {
  readonly at?: Values | readonly string[];
  readonly markers?: boolean;
}

/**
 * Lines of one or several series, such as `{ training: losses, validation: others }`. NaN and ±Infinity leave a gap.
 * @example
 * plot.line({ loss: [2.3, 0.9, 0.5] }, { x: 'Epoch', y: { title: 'Loss', unit: 'nats' } })
 * @throws LabError `plot/length` when a series and `at` differ in length, `plot/empty` without a series.
 */
export function line(series: SeriesOf<Values>, options: LineOptions = {}): Figure {
  const named = seriesOf(series, isValues);
  const labels = Array.isArray(options.at) && typeof options.at[0] === 'string';
  const data = named.map(([name, values]): Trace => {
    const y = numbers(values);
    return {
      type: 'scatter',
      mode: options.markers ? 'lines+markers' : 'lines',
      ...(name ? { name } : {}),
      x: positions(options.at, y, name),
      y,
    };
  });
  const xaxis = layoutAxis(options.x, labels ? { type: 'category' } : wholeTicks(data[0]?.x ?? []));
  return figure(data, chartLayout(options, { showlegend: named.length > 1, xaxis, yaxis: layoutAxis(options.y), hovermode: 'x unified' }));
}

/** A short axis of counts (epochs, layers) gets no tick between two whole numbers. */
function wholeTicks(x: readonly Value[]): { dtick?: number } {
  const [first, last] = [Number(x[0]), Number(x.at(-1))];
  return x.every(Number.isInteger) && last - first <= 12 ? { dtick: 1 } : {};
}

function positions(at: LineOptions['at'], y: readonly unknown[], name: string): Value[] {
  if (!at) return y.map((_, i) => i);
  const x: Value[] = Array.isArray(at) && typeof at[0] === 'string' ? [...(at as readonly string[])] : numbers(at as Values);
  if (x.length === y.length) return x;
  throw new LabError(
    'plot/length',
    `plot.line: series ${name || '0'} has ${y.length} values, but \`at\` has ${x.length} positions.`,
    'Give one position for each value, or leave `at` out to count 0, 1, 2 …',
  );
}
