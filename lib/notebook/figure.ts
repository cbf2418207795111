import { displaySymbol, type MimeBundle } from '../tensor/host.ts';
import { escapeText } from './escape.ts';
import { summaryOf } from './summary.ts';
import { svgOf } from './svg/render.ts';

/** A position on an axis; null leaves a gap. */
export type Value = number | string | null;

/** One series of a figure, in Plotly's words. Only what our pictures need is typed; any other Plotly option may stand beside it. */
export interface Trace {
  readonly type: 'scatter' | 'bar' | 'heatmap';
  readonly name?: string;
  readonly x?: readonly Value[];
  readonly y?: readonly Value[];
  readonly z?: readonly (readonly (number | null)[])[];
  readonly text?: readonly string[] | readonly (readonly string[])[];
  readonly xaxis?: string;
  readonly yaxis?: string;
  readonly [option: string]: unknown;
}

/** An axis in Plotly's words. `range` of a log axis is in powers of ten. */
export interface LayoutAxis {
  readonly type: 'linear' | 'log' | 'category';
  readonly title?: { readonly text: string };
  readonly range?: readonly [number, number];
  readonly domain?: readonly [number, number];
  readonly [option: string]: unknown;
}

/** Title, height in pixels, margins and axes (`xaxis`, `yaxis`, `xaxis2` …) in Plotly's words. */
export interface Layout {
  readonly height: number;
  readonly title?: { readonly text: string; readonly [option: string]: unknown };
  readonly margin: { readonly l: number; readonly r: number; readonly t: number; readonly b: number };
  readonly showlegend: boolean;
  readonly [option: string]: unknown;
}

/** A figure as plain data: it survives JSON, `{ ...figure }` is a figure again, and a notebook shows it. */
export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
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
