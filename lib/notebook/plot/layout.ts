import { palette } from '../colours.ts';
import type { Layout, LayoutAxis } from '../drawing.ts';

/** What an axis shows. */
export interface AxisOptions {
  /** What stands along the axis. */
  readonly title?: string;
  /** Stands in brackets behind the title. */
  readonly unit?: string;
  /** Logarithmic; default false. */
  readonly log?: boolean;
  /** Writes 0.25 as 25 %; default false. */
  readonly percent?: boolean;
  /** Ends of the axis, in its own values also on a log axis; by default the data's. */
  readonly range?: readonly [number, number];
}

/** An axis by its title alone, or with options. */
export type Axis = string | AxisOptions;

/** Options that every plot takes. */
export interface PlotOptions {
  /** Stands above the chart. */
  readonly title?: string;
  /** The horizontal axis. */
  readonly x?: Axis;
  /** The vertical axis. */
  readonly y?: Axis;
  /** In pixels; default 360. */
  readonly height?: number;
}

// Invisible ticks keep the labels off the chart.
const breathing = { ticks: 'outside', ticklen: 5, tickcolor: 'rgba(0,0,0,0)' };

/** The axis in Plotly's words; the unit stands in brackets behind the title. */
export function layoutAxis(axis: Axis | undefined, extra: Readonly<Record<string, unknown>> = {}): LayoutAxis {
  const { title = '', unit, log, percent, range }: AxisOptions = typeof axis === 'string' ? { title: axis } : (axis ?? {});
  const text = unit ? `${title} (${unit})`.trim() : title;
  return {
    type: log ? 'log' : 'linear',
    automargin: true,
    ...breathing,
    ...(percent ? { tickformat: '~%', hoverformat: '.2%' } : { exponentformat: 'SI' }),
    ...(text ? { title: { text } } : {}),
    ...(range ? { range: log ? [Math.log10(range[0]), Math.log10(range[1])] : range } : {}),
    ...extra,
  };
}

const titleSpace = 34;
const legendSpace = 26;
const legendRow = { orientation: 'h', x: 0, xanchor: 'left', y: 1, yanchor: 'bottom' };

/** The layout of a single chart; the legend, if there is one, stands in a row between title and chart. */
export function chartLayout(options: PlotOptions, parts: Readonly<Record<string, unknown>> & { showlegend: boolean }): Layout {
  const top = 14 + (options.title ? titleSpace : 0) + (parts.showlegend ? legendSpace : 0);
  return {
    height: options.height ?? 360,
    margin: { l: 60, r: 24, t: top, b: 52 },
    colorway: palette,
    ...(options.title ? { title: heading(options.title) } : {}),
    ...(parts.showlegend ? { legend: legendRow } : {}),
    ...parts,
  };
}

/** A title at the left edge of the chart. */
export function heading(text: string): { text: string; [option: string]: unknown } {
  return { text, font: { size: 16 }, x: 0, xref: 'paper', xanchor: 'left', y: 1, yref: 'container', yanchor: 'top', pad: { t: 12 } };
}

const lowered = ({ margin }: Layout, by: number): Layout['margin'] => ({ ...margin, t: margin.t + by });

/** The layout with a legend, and with room for it. */
export const withLegend = (layout: Layout): Layout =>
  layout.showlegend ? layout : { ...layout, showlegend: true, legend: legendRow, margin: lowered(layout, legendSpace) };

/** The layout with another title, and with room for it. */
export function withTitle(layout: Layout, text: string): Layout {
  if (layout.title) return { ...layout, title: { ...layout.title, text } };
  return { ...layout, title: heading(text), margin: lowered(layout, titleSpace) };
}
