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

/** The plain data of a figure. */
export interface Drawing {
  readonly data: readonly Trace[];
  readonly layout: Layout;
}
