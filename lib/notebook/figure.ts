import { displaySymbol, type MimeBundle } from '../tensor/host.ts';
import type { Drawing, Layout, Trace } from './drawing.ts';
import { escapeText } from './escape.ts';
import { summaryOf } from './summary.ts';
import { svgOf } from './svg/render.ts';

/** A figure as plain data: it survives JSON, `{ ...figure }` is a figure again, and a notebook shows it. */
export interface Figure extends Drawing {
  /** What a notebook shows. */
  readonly [displaySymbol]: () => MimeBundle;
}

/** A figure of these traces and this layout. */
export function figure(data: readonly Trace[], layout: Layout): Figure {
  return Object.freeze({ data, layout, [displaySymbol]: display });
}

// A function of `this`, so that a figure made by spreading another one shows its own data.
function display(this: Figure): MimeBundle {
  return {
    'application/vnd.plotly.v1+json': { data: withSafeText(this.data), layout: withSafeText(this.layout) },
    'image/svg+xml': svgOf(this),
    'text/plain': summaryOf(this),
  };
}

const textKeys: ReadonlySet<string> = new Set(['name', 'text', 'x', 'y']);

/** Plotly reads tags in names, titles and labels: they become entities there, in a copy. */
function withSafeText(value: unknown, isText = false): unknown {
  if (typeof value === 'string') return isText ? escapeText(value) : value;
  if (Array.isArray(value)) return value.length && typeof value[0] === 'number' ? value : value.map(item => withSafeText(item, isText));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSafeText(item, textKeys.has(key))]));
}
