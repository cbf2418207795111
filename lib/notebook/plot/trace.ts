import type { AccessTrace, LoopCounts } from '../../loops/count/counts.ts';
import { LabError } from '../../tensor/errors.ts';
import { palette, steppedScale } from '../colours.ts';
import type { LayoutAxis } from '../drawing.ts';
import { type Figure, figure } from '../figure.ts';
import { niceStep } from '../svg/scale.ts';
import { heatmap } from './heatmap.ts';
import type { PlotOptions } from './layout.ts';

/** Which accesses are drawn. */
export interface TraceOptions extends PlotOptions {
  /** How many, from the first on; by default all that were kept. */
  readonly accesses?: number;
}

const [mostColumns, mostRows] = [128, 64];
/** What a cell shows, the later ones before the earlier ones. */
const events = ['hit', 'store', 'miss'] as const;
const colours = [palette[5], palette[0], palette[1]] as string[];
const outside = 255;

/**
 * The accesses of a call over time: columns are time, rows are memory, array by array. A cell says whether anything in it missed the first cache, else whether
 * anything was stored, else that all was found; memory that was left alone stays empty.
 * @example
 * plot.trace({ trace: { arrays: ['a'], array: Uint8Array.of(0, 0), address: Uint32Array.of(0, 4), write: Uint8Array.of(0, 1), missed: Uint8Array.of(1, 0) } })
 * @throws LabError `plot/trace` when the accesses were not kept.
 */
export function trace({ trace: kept }: Pick<LoopCounts, 'trace'>, options: TraceOptions = {}): Figure {
  if (!kept || kept.address.length === 0)
    throw new LabError('plot/trace', 'plot.trace got no accesses.', 'Count with loops.count(loop, call, { trace: true }).');
  const length = Math.min(kept.address.length, options.accesses ?? Infinity);
  const bands = bandsOf(kept, length);
  const perColumn = Math.max(1, niceStep(length / mostColumns));
  const columns = Math.ceil(length / perColumn);
  const cells = Array.from({ length: bands.reduce((sum, { rows }) => sum + rows, 0) }, () => new Array<number>(columns).fill(Number.NaN));
  for (let i = 0; i < length; i++) {
    const band = bands.find(({ index }) => index === kept.array[i]) as Band;
    const row = cells[band.first + Math.floor(((kept.address[i] as number) - band.low) / band.bytesPerRow)] as number[];
    const column = Math.floor(i / perColumn);
    const event = kept.missed[i] ? 2 : (kept.write[i] as number);
    row[column] = Math.max(Number.isNaN(row[column]) ? 0 : (row[column] as number), event);
  }
  const rows = bands.flatMap(({ name, rows: count, bytesPerRow }) => Array.from({ length: count }, (_, i) => `${name} ${i * bytesPerRow}`));
  const labels = Array.from({ length: columns }, (_, i) => String(i * perColumn));
  const height = Math.max(240, Math.min(640, 140 + 8 * cells.length));
  const drawn = heatmap(cells, { x: 'Access', y: 'Array and byte', height, ...options, rows, columns: labels });
  const colorbar = { ...(drawn.data[0]?.colorbar as object), tickvals: [0, 1, 2], ticktext: events };
  const xaxis = { ...(drawn.layout.xaxis as LayoutAxis), tickangle: 0, dtick: Math.max(1, niceStep(columns / 10)) };
  const coloured = { colorscale: steppedScale(colours), zmin: -0.5, zmax: 2.5, colorbar };
  return figure([{ ...drawn.data[0], type: 'heatmap', ...coloured }], { ...drawn.layout, xaxis });
}

/** The rows of one array. */
interface Band {
  readonly index: number;
  readonly name: string;
  readonly low: number;
  readonly bytesPerRow: number;
  readonly first: number;
  readonly rows: number;
}

/** Arrays share the rows by the bytes that were touched, in the order of the arguments; each has a row at least. */
function bandsOf({ array, address, arrays }: AccessTrace, length: number): Band[] {
  const [low, high] = [new Map<number, number>(), new Map<number, number>()];
  for (let i = 0; i < length; i++) {
    const [index, at] = [array[i] as number, address[i] as number];
    low.set(index, index === outside ? Math.min(low.get(index) ?? at, at) : 0);
    high.set(index, Math.max(high.get(index) ?? at, at));
  }
  const touched = [...high.keys()].sort((a, b) => a - b);
  const bytesOf = (index: number): number => (high.get(index) as number) - (low.get(index) as number) + 1;
  const all = touched.reduce((sum, index) => sum + bytesOf(index), 0);
  const bytesPerRow = 2 ** Math.ceil(Math.log2(Math.max(4, all / Math.max(1, mostRows - touched.length))));
  let first = 0;
  return touched.map(index => {
    const rows = Math.ceil(bytesOf(index) / bytesPerRow);
    const band = { index, name: arrays[index] ?? 'other', low: low.get(index) as number, bytesPerRow, first, rows };
    first += rows;
    return band;
  });
}
