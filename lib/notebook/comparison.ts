import { type Comparison, compare as compared, type Metric } from '../measure/compare.ts';
import type { Graph } from '../model/model.ts';
import { displaySymbol } from '../tensor/host.ts';
import type { LayoutAxis } from './drawing.ts';
import { facets } from './facets.ts';
import type { Figure } from './figure.ts';
import type { Displayable } from './live.ts';
import { bar } from './plot/bar.ts';
import { tableBundle } from './table.ts';

/** A comparison that a notebook shows as a table. */
export interface ShownComparison extends Comparison, Displayable {
  /** One bar chart for each metric. */
  readonly figure: Figure;
}

/**
 * Applies every metric to every model and shows the result: a table as the last expression of a cell, table and chart with `show`.
 * @throws LabError `measure/metric` when a metric gives no number (a promise, for instance: wait for it first).
 * @example
 * const [small, large] = [mlp({ hidden: [10] }), mlp({ hidden: [100] })];
 * show(compare({ small, large }, { parameters, macs, modelSize }));
 */
export function compare<M extends Graph>(
  models: Readonly<Record<string, M>>,
  metrics: Readonly<Record<string, Metric<M>>>,
): ShownComparison {
  const comparison = compared(models, metrics);
  const shown = { ...comparison, figure: comparisonFigure(comparison) };
  return Object.freeze(Object.defineProperty(shown, displaySymbol, { value: () => tableBundle(comparison.table) }) as ShownComparison);
}

/** Lying bars for each metric, the models from top to bottom in the order they came; their names stand at the left edge only. */
function comparisonFigure({ metrics, rows }: Comparison): Figure {
  const columns = Math.min(metrics.length, 3);
  const charts = metrics.map((metric, i) => {
    const values = rows.map(row => [String(row.model), Number(row[metric])] as const);
    const chart = bar(values, { title: metric, horizontal: true });
    const yaxis = { ...(chart.layout.yaxis as LayoutAxis), showticklabels: i % columns === 0 };
    return { ...chart, layout: { ...chart.layout, yaxis } };
  });
  return facets(charts, { columns, height: 120 + 28 * rows.length });
}
