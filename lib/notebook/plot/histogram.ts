import { LabError } from '../../tensor/errors.ts';
import type { Trace } from '../drawing.ts';
import { extentOf } from '../extent.ts';
import { type Figure, figure } from '../figure.ts';
import { chartLayout, layoutAxis, type PlotOptions } from './layout.ts';
import { isValues, numbers, type SeriesOf, seriesOf, type Values } from './values.ts';

/** `bins` of equal width over `range`, by default from the least to the greatest value; values outside are left out. */
export interface HistogramOptions extends PlotOptions {
  readonly bins?: number;
  readonly range?: readonly [number, number];
}

/**
 * How many values fall in each of `bins` equal bins [a, b), the last one closed; NaN and ±Infinity are left out. Only the counts go into the
 * figure, so a million weights cost no more than ten. Several series share their bins.
 * @example
 * plot.histogram({ conv1: [0.1, 0.2, 0.2] }, { bins: 10, x: 'Weight' })
 * @throws LabError `plot/empty` when no finite value is left, `plot/bins` when `bins` is not a positive whole number.
 */
export function histogram(series: SeriesOf<Values>, options: HistogramOptions = {}): Figure {
  const named = seriesOf(series, isValues).map(([name, values]) => [name, numbers(values).filter(v => v !== null)] as const);
  const binned = binsOf(
    named.map(([, values]) => values),
    options,
  );
  const { low, width, bins } = binned;
  const centres = Array.from({ length: bins }, (_, i) => low + (i + 0.5) * width);
  const data = named.map(([name, values]): Trace => {
    const y = counts(values, binned);
    return { type: 'bar', ...(name ? { name, opacity: named.length > 1 ? 0.6 : 1 } : {}), x: centres, y, width };
  });
  const yaxis = layoutAxis(options.y ?? 'Count', { rangemode: 'tozero' });
  const parts = { showlegend: named.length > 1, xaxis: layoutAxis(options.x), yaxis, barmode: 'overlay', bargap: 0 };
  return figure(data, chartLayout(options, parts));
}

interface Bins {
  readonly low: number;
  readonly high: number;
  readonly width: number;
  readonly bins: number;
}

function counts(values: readonly number[], { low, high, width, bins }: Bins): number[] {
  const result = new Array<number>(bins).fill(0);
  for (const value of values) {
    if (value < low || value > high) continue;
    const index = Math.min(Math.floor((value - low) / width), bins - 1);
    result[index] = (result[index] as number) + 1;
  }
  return result;
}

function binsOf(series: readonly (readonly number[])[], { bins = 40, range }: HistogramOptions): Bins {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new LabError('plot/bins', `plot.histogram: bins is a positive whole number; got ${bins}.`, 'Try bins: 40.');
  }
  let [low, high] = range ?? extentOf(series.flat());
  if (!(high >= low && Number.isFinite(high - low))) {
    const hint = 'Print the values: they may all be NaN or Infinity.';
    throw new LabError('plot/empty', 'plot.histogram got no finite value, or values too far apart to tell.', hint);
  }
  if (!((high - low) / bins > 0)) [low, high] = [low - 0.5, high + 0.5];
  return { low, high, width: (high - low) / bins, bins };
}
