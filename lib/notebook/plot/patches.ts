import type { PatchHalo, PatchHalos } from '../../deploy/patch/halos.ts';
import type { Trace } from '../drawing.ts';
import { type Figure, figure } from '../figure.ts';
import { heatmap } from './heatmap.ts';
import type { PlotOptions } from './layout.ts';

/**
 * What patches read of an image: how many of them read each pixel, and around what each of them reads a line through its outermost pixels.
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
  return figure([...drawn.data, ...halos.map(outline)], drawn.layout);
}

function outline({ rows, columns }: PatchHalo, number: number): Trace {
  const [top, bottom, left, right] = [rows[0], rows[1] - 1, columns[0], columns[1] - 1].map(String) as [string, string, string, string];
  const [x, y] = [
    [left, right, right, left, left],
    [top, top, bottom, bottom, top],
  ];
  return { type: 'scatter', mode: 'lines', name: `patch ${number + 1}`, x, y };
}
