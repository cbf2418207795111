import { isArray, type NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { divergingScale } from '../colours.ts';
import { extentOf } from '../extent.ts';
import { type Figure, figure } from '../figure.ts';
import { si } from '../format.ts';
import { chartLayout, layoutAxis, type PlotOptions } from './layout.ts';

/** `rows` and `columns` label the axes, the first row stands on top. `values` writes each number into its cell; `unit` names the colour bar. */
export interface HeatmapOptions extends PlotOptions {
  readonly rows?: readonly string[];
  readonly columns?: readonly string[];
  readonly values?: boolean;
  readonly unit?: string;
  /** For numbers around 0: white at 0, blue below, red above, both ends equally far. */
  readonly diverging?: boolean;
}

type Matrix = readonly (readonly number[])[] | NDArray;

/**
 * A matrix [rows, columns] as coloured cells: a confusion matrix, a mask, a kernel. NaN and ±Infinity leave a hole.
 * @example
 * plot.heatmap([[9, 1], [2, 8]], { rows: ['cat', 'dog'], columns: ['cat', 'dog'], values: true })
 * @throws LabError `plot/matrix` when it is not a matrix of at least one cell or a label is missing.
 */
export function heatmap(matrix: Matrix, options: HeatmapOptions = {}): Figure {
  const z = rowsOf(matrix);
  const width = z[0]?.length ?? 0;
  const y = labelsOf(options.rows, z.length, 'rows');
  const x = labelsOf(options.columns, width, 'columns');
  const reach = Math.max(...extentOf(z.flat()).map(Math.abs));
  const scale = options.diverging ? { colorscale: divergingScale, zmin: -reach, zmax: reach } : { colorscale: 'Viridis' };
  const written = options.values ? { text: z.map(row => row.map(v => (v === null ? '' : si(v)))), texttemplate: '%{text}' } : {};
  const colorbar = { outlinewidth: 0, thickness: 14, ...(options.unit ? { title: { text: options.unit } } : {}) };
  const xaxis = layoutAxis(options.x, { type: 'category', showgrid: false });
  const yaxis = layoutAxis(options.y, { type: 'category', autorange: 'reversed', showgrid: false });
  const height = options.height ?? Math.min(640, Math.max(240, 110 + 30 * z.length));
  const layout = chartLayout({ ...options, height }, { showlegend: false, xaxis, yaxis });
  return figure([{ type: 'heatmap', x, y, z, ...scale, ...written, colorbar, hoverongaps: false }], layout);
}

function rowsOf(matrix: Matrix): (number | null)[][] {
  const finite = (v: number): number | null => (Number.isFinite(v) ? v : null);
  const [height, width] = isArray(matrix) ? matrix.shape : [matrix.length, matrix[0]?.length ?? 0];
  const flat = isArray(matrix) ? matrix.data : matrix.flat();
  const square = isArray(matrix) ? matrix.shape.length === 2 : matrix.every(row => row.length === width);
  if (!square || !height || !width || flat.length !== height * width) {
    const got = isArray(matrix)
      ? `${matrix.dtype} [${matrix.shape.join(', ')}]`
      : `rows of lengths ${matrix.map(r => r.length).join(', ')}`;
    throw new LabError('plot/matrix', `plot.heatmap draws a matrix [rows, columns]; got ${got}.`, 'Give every row the same length.');
  }
  return Array.from({ length: height }, (_, i) => Array.from(flat.slice(i * width, (i + 1) * width), finite));
}

function labelsOf(labels: readonly string[] | undefined, length: number, what: string): string[] {
  if (!labels) return Array.from({ length }, (_, i) => String(i));
  if (labels.length === length) return [...labels];
  throw new LabError(
    'plot/matrix',
    `plot.heatmap: ${length} ${what}, but ${labels.length} labels.`,
    `Give one label for each of the ${what}.`,
  );
}
