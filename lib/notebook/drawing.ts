/** A position on an axis; null leaves a gap. */
export type Value = number | string | null;

/** One series of a figure, in Plotly's words. Only what our pictures need is typed; any other Plotly option may stand beside it. */
export interface Trace {
  /** Which kind of chart draws it. */
  readonly type: 'scatter' | 'bar' | 'heatmap';
  /** Its name in the legend. */
  readonly name?: string;
  /** Places along the horizontal axis. */
  readonly x?: readonly Value[];
  /** Places along the vertical axis. */
  readonly y?: readonly Value[];
  /** Rows of a heatmap; null leaves a cell empty. */
  readonly z?: readonly (readonly (number | null)[])[];
  /** What is written at the points or in the cells. */
  readonly text?: readonly string[] | readonly (readonly string[])[];
  /** Name of its horizontal axis: `x`, `x2` … */
  readonly xaxis?: string;
  /** Name of its vertical axis: `y`, `y2` … */
  readonly yaxis?: string;
  /** Any other option of Plotly. */
  readonly [option: string]: unknown;
}

/** An axis in Plotly's words. `range` of a log axis is in powers of ten. */
export interface LayoutAxis {
  /** How values become places. */
  readonly type: 'linear' | 'log' | 'category';
  /** What stands along the axis. */
  readonly title?: { readonly text: string };
  /** Ends of the axis; by default the data's, with a margin. */
  readonly range?: readonly [number, number];
  /** Share of the figure that the axis spans, 0–1. */
  readonly domain?: readonly [number, number];
  /** Any other option of Plotly. */
  readonly [option: string]: unknown;
}

/** Title, height in pixels, margins and axes (`xaxis`, `yaxis`, `xaxis2` …) in Plotly's words. */
export interface Layout {
  /** In pixels. */
  readonly height: number;
  /** What stands above the chart. */
  readonly title?: { readonly text: string; readonly [option: string]: unknown };
  /** Pixels around the chart: left, right, top, bottom. */
  readonly margin: { readonly l: number; readonly r: number; readonly t: number; readonly b: number };
  /** Whether series are named in a legend. */
  readonly showlegend: boolean;
  /** Any other option of Plotly, and the axes. */
  readonly [option: string]: unknown;
}

/** The plain data of a figure. */
export interface Drawing {
  /** The series, drawn in this order. */
  readonly data: readonly Trace[];
  /** Everything but the series. */
  readonly layout: Layout;
}
