import type { PatchHalo, PatchHalos } from '../../deploy/patch/halos.ts';
import { palette, scaleColour, steppedScale } from '../colours.ts';
import type { Trace } from '../drawing.ts';
import { extentOf } from '../extent.ts';
import { type Figure, figure } from '../figure.ts';
import { heatmap } from './heatmap.ts';
import type { PlotOptions } from './layout.ts';

/**
 * What patches read of an image: how many of them read each pixel, and around what each of them reads a line through its outermost pixels, the first
 * one's thick.
 * @example
 * const program = deploy.outlineProgram(network('net', [16, 16, 3]).conv2d(4, 3, { padding: 1 }).graph());
 * plot.patches(deploy.patchHalos(program, { steps: 1, rows: 2, columns: 2 }))
 * @throws LabError `plot/matrix` for an image without pixels.
 */
export function patches({ name, height, width, patches: halos }: PatchHalos, options: PlotOptions = {}): Figure {
  const counts = Array.from({ length: height }, () => new Array<number>(width).fill(0));
  for (const { rows, columns } of halos)
    for (const row of counts.slice(rows[0], rows[1])) for (let i = columns[0]; i < columns[1]; i++) row[i] = (row[i] ?? 0) + 1;
  const drawn = heatmap(counts, {
    height: 480,
    x: { title: `Column of ${name}` },
    y: { title: 'Row' },
    unit: 'patches',
    ...options,
  });
  return figure(
    [{ ...drawn.data[0], type: 'heatmap', ...wholeCounts(counts, drawn.data[0]) }, ...halos.map(outline).reverse()],
    drawn.layout,
  );
}

/** A colour for each number of patches, and ticks at these alone. */
function wholeCounts(counts: readonly (readonly number[])[], trace: Trace | undefined): Partial<Trace> {
  const [least, most] = extentOf(counts.flat());
  const all = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  const colours = all.map((_, i) => scaleColour('viridis', i / Math.max(1, most - least)));
  const colorbar = { ...(trace?.colorbar as object), tickvals: all, ticktext: all.map(String) };
  return { colorscale: steppedScale(colours), zmin: least - 0.5, zmax: most + 0.5, colorbar };
}

function outline({ rows, columns }: PatchHalo, number: number): Trace {
  const [top, bottom, left, right] = [rows[0], rows[1] - 1, columns[0], columns[1] - 1].map(String) as [string, string, string, string];
  const [x, y] = [
    [left, right, right, left, left],
    [top, top, bottom, bottom, top],
  ];
  const line = number === 0 ? { color: palette[1] as string, width: 3 } : { color: '#ffffff', width: 1 };
  return { type: 'scatter', mode: 'lines', name: `patch ${number + 1}`, x, y, line };
}
