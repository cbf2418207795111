import { inspect } from 'node:util';
import { displaySymbol, kernelHost, type MimeBundle } from '../tensor/host.ts';
import type { Displayable } from './live.ts';

/**
 * Shows values in the cell, one below the other: figures and tables as they are meant, text as text, anything else as Node prints it.
 * Outside a notebook nothing is shown.
 * @example
 * show('Loss by epoch', plot.line([2.3, 0.9, 0.5]));
 */
export function show(...values: readonly unknown[]): void {
  const host = kernelHost();
  for (const value of values.flatMap(withFigure)) host?.display(bundleOf(value));
}

/** How a value looks: its own bundle if it has one, as figures and tables have, else plain text. */
export function bundleOf(value: unknown): MimeBundle {
  if (isDisplayable(value)) return value[displaySymbol]();
  return { 'text/plain': typeof value === 'string' ? value : inspect(value, { depth: 3, maxArrayLength: 20 }) };
}

/** A comparison brings a figure of its own, shown below its table. */
const withFigure = (value: unknown): unknown[] => {
  const { figure } = (value ?? {}) as { readonly figure?: unknown };
  return isDisplayable(value) && isDisplayable(figure) ? [value, figure] : [value];
};

const isDisplayable = (value: unknown): value is Displayable =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Displayable>)[displaySymbol] === 'function';
