import { LabError } from '../tensor/errors.ts';
import { seriesColour } from './colours.ts';
import type { LayoutAxis, Trace } from './drawing.ts';
import { type Figure, figure } from './figure.ts';
import { heading } from './plot/layout.ts';

/** How the charts of a figure stand. */
export interface FacetOptions {
  /** Stands above all charts. */
  readonly title?: string;
  /** Charts in a row; default 2. */
  readonly columns?: number;
  /** Of one row, in pixels; default 300. */
  readonly height?: number;
}

const gapBetweenRows = 92;

/**
 * Several charts as one figure. A title of a chart stands above it; series of the same name have the same colour and one legend entry.
 * @example
 * facets([plot.line([1, 2]), plot.bar({ a: 1 })], { columns: 2 })
 * @throws LabError `plot/empty` without a chart, `plot/facets` for a figure that has facets already.
 */
export function facets(figures: readonly Figure[], options: FacetOptions = {}): Figure {
  if (figures.length === 0)
    throw new LabError('plot/empty', 'facets got no figure.', 'Give it figures, such as [plot.line(…), plot.bar(…)].');
  if (figures.some(f => 'xaxis2' in f.layout)) {
    throw new LabError('plot/facets', 'facets got a figure that has facets already.', 'Put the single charts into one call.');
  }
  const columns = Math.min(options.columns ?? 2, figures.length);
  const rows = Math.ceil(figures.length / columns);
  const showlegend = figures.some(f => f.layout.showlegend);
  const names = [...new Set(figures.flatMap(f => f.data.flatMap(trace => (trace.name ? [trace.name] : []))))];
  const margin = { l: 60, r: 24, t: 40 + (options.title ? 34 : 0) + (showlegend ? legendHeight(names) : 0), b: 52 };
  const drawn = rows * ((options.height ?? 300) - 90) + (rows - 1) * gapBetweenRows;
  const cells = figures.map((f, i) => chartArea(f, cellOf(i, { columns, rows, gap: gapBetweenRows / drawn })));
  const legend = { orientation: 'h', x: 0, xanchor: 'left', y: 1 + 24 / drawn, yanchor: 'bottom' };
  return figure(
    figures.flatMap((f, i) =>
      f.data.map((trace, j) => placed(trace, { names, panel: i, cell: cells[i] as Cell, first: isFirst(figures, i, j) })),
    ),
    {
      ...Object.fromEntries(figures.flatMap((f, i) => axesOf(f, i, cells[i] as Cell))),
      height: drawn + margin.t + margin.b,
      margin,
      showlegend,
      barmode: figures.find(f => f.layout.barmode)?.layout.barmode,
      annotations: figures.flatMap((f, i) => (f.layout.title ? [chartTitle(f.layout.title.text, cells[i] as Cell)] : [])),
      ...(options.title ? { title: heading(options.title) } : {}),
      ...(showlegend ? { legend } : {}),
    },
  );
}

/** Room for the legend's rows in a notebook's usual width: an entry is its mark, then its letters. */
const legendHeight = (names: readonly string[]): number =>
  26 + 30 * Math.floor(names.reduce((width, name) => width + 48 + 7.5 * name.length, 0) / 740);

interface Cell {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

function cellOf(index: number, { columns, rows, gap }: { columns: number; rows: number; gap: number }): Cell {
  const [column, row] = [index % columns, Math.floor(index / columns)];
  const between = columns > 1 ? 0.22 / columns : 0;
  const width = (1 - between * (columns - 1)) / columns;
  const height = (1 - gap * (rows - 1)) / rows;
  const [left, top] = [column * (width + between), 1 - row * (height + gap)];
  return { x: [left, Math.min(1, left + width)], y: [Math.max(0, top - height), top] };
}

/** A heat map leaves a part of its cell to its colour bar. */
function chartArea({ data }: Figure, { x, y }: Cell): Cell {
  const room = data.some(trace => trace.type === 'heatmap') ? 0.2 * (x[1] - x[0]) : 0;
  return { x: [x[0], x[1] - room], y };
}

const suffix = (panel: number): string => (panel === 0 ? '' : String(panel + 1));

function axesOf(f: Figure, panel: number, cell: Cell): [string, unknown][] {
  const id = suffix(panel);
  const [x, y] = [f.layout.xaxis as LayoutAxis, f.layout.yaxis as LayoutAxis];
  return [
    [`xaxis${id}`, { ...x, domain: cell.x, anchor: `y${id}` }],
    [`yaxis${id}`, { ...y, domain: cell.y, anchor: `x${id}` }],
  ];
}

interface Placing {
  readonly names: readonly string[];
  readonly panel: number;
  readonly cell: Cell;
  readonly first: boolean;
}

function placed(trace: Trace, { names, panel, cell, first }: Placing): Trace {
  const id = suffix(panel);
  const color = seriesColour(trace.name ? names.indexOf(trace.name) : 0);
  const paint =
    trace.type === 'heatmap'
      ? colourBar(trace, cell)
      : { marker: { ...(trace.marker as object), color }, ...(trace.type === 'scatter' ? { line: { color } } : {}) };
  return {
    ...trace,
    ...paint,
    xaxis: `x${id}`,
    yaxis: `y${id}`,
    ...(trace.name ? { legendgroup: trace.name } : {}),
    showlegend: first && Boolean(trace.name),
  };
}

/** A colour bar beside its own chart. */
function colourBar(trace: Trace, { x, y }: Cell): object {
  return {
    colorbar: { ...(trace.colorbar as object), x: x[1], xanchor: 'left', y: (y[0] + y[1]) / 2, len: y[1] - y[0], xpad: 6, thickness: 10 },
  };
}

/** Whether no earlier series has this name. */
function isFirst(figures: readonly Figure[], panel: number, index: number): boolean {
  const name = figures[panel]?.data[index]?.name;
  return !figures.slice(0, panel).some(f => f.data.some(trace => trace.name === name));
}

function chartTitle(text: string, cell: Cell): object {
  return {
    text,
    x: cell.x[0],
    y: cell.y[1],
    xref: 'paper',
    yref: 'paper',
    xanchor: 'left',
    yanchor: 'bottom',
    showarrow: false,
    font: { size: 14 },
  };
}
