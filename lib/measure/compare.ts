import { type ColumnTable, from } from 'arquero';
import type { Graph } from '../model/model.ts';
import { LabError } from '../tensor/errors.ts';

/** One figure of a model. */
export type Metric<M extends Graph> = (model: M) => number;

/** One row for each model: its name and one column for each metric. */
export type ComparisonRow = Readonly<Record<string, string | number>>;

/** Models side by side: rows as plain data (for a plot) and as an arquero table. */
export interface Comparison {
  /** Names of the metrics, in order. */
  readonly metrics: readonly string[];
  /** One row a model. */
  readonly rows: readonly ComparisonRow[];
  /** The same rows as a table. */
  readonly table: ColumnTable;
}

/**
 * Applies every metric to every model.
 * @throws LabError `measure/metric` when a metric gives no number (a promise, for instance: wait for it first).
 * @example
 * const [small, large] = [mlp({ hidden: [10] }), mlp({ hidden: [100] })];
 * const { rows } = compare({ small, large }, { parameters, macs, modelSize });
 */
export function compare<M extends Graph>(models: Readonly<Record<string, M>>, metrics: Readonly<Record<string, Metric<M>>>): Comparison {
  const rows = Object.entries(models).map(([name, model]) => {
    const figures = Object.entries(metrics).map(([metric, measure]) => [metric, figure(metric, name, measure(model))] as const);
    return Object.freeze({ model: name, ...Object.fromEntries(figures) });
  });
  return Object.freeze({ metrics: Object.freeze(Object.keys(metrics)), rows: Object.freeze(rows), table: from([...rows]) });
}

function figure(metric: string, model: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw new LabError(
    'measure/metric',
    `Metric ${metric} of ${model} gave ${value instanceof Promise ? 'a promise' : typeof value}, not a number.`,
    'A metric takes a model and returns a number; await slow ones before.',
  );
}
