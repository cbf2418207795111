import { inspect, types } from 'node:util';
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
  return { 'text/plain': typeof value === 'string' ? value : printed(value) };
}

/** As Node prints it; without the value's own way of being printed, where that fails. */
function printed(value: unknown): string {
  const options = { depth: 3, maxArrayLength: 20 };
  try {
    return inspect(value, options);
  } catch {
    return inspect(value, { ...options, customInspect: false });
  }
}

/** A comparison brings a figure of its own, shown below its table. */
const withFigure = (value: unknown): unknown[] => {
  if (!isDisplayable(value)) return [value];
  const { figure } = value as { readonly figure?: unknown };
  return isDisplayable(figure) ? [value, figure] : [value];
};

const isDisplayable = (value: unknown): value is Displayable =>
  // What a proxy answers is not its own.
  typeof value === 'object' &&
  value !== null &&
  !types.isProxy(value) &&
  typeof (value as Partial<Displayable>)[displaySymbol] === 'function';
