import type { Drawing, LayoutAxis, Trace } from './drawing.ts';
import { extentOf } from './extent.ts';
import { si } from './format.ts';

/** The figure in words, for a terminal, a log or a screen reader: title, axes, and for each series its count, range and last value. */
export function summaryOf({ data, layout }: Drawing): string {
  const axis = (id: string): string => (layout[id] as LayoutAxis | undefined)?.title?.text ?? '';
  const [x, y] = [axis('xaxis'), axis('yaxis')];
  const axes = x && y ? `${y} against ${x}` : x || y;
  const head = [layout.title?.text, axes].filter(Boolean).join(': ');
  return [`[figure] ${head || data[0]?.type || 'empty'}`, ...data.map(trace => `  ${seriesSummary(trace)}`)].join('\n');
}

function seriesSummary(trace: Trace): string {
  const name = trace.name ? `${trace.name}: ` : '';
  if (trace.type === 'heatmap') {
    return `${name}${trace.z?.length ?? 0} × ${trace.z?.[0]?.length ?? 0} cells, ${range(trace.z?.flat() ?? [])}`;
  }
  const values = (trace.orientation === 'h' ? trace.x : trace.y) ?? [];
  const last = values.at(-1);
  const end = typeof last === 'number' && trace.type === 'scatter' ? `, last ${si(last, 4)}` : '';
  return `${name}${values.length} ${trace.type === 'bar' ? 'bars' : 'points'}, ${range(values)}${end}`;
}

function range(values: readonly unknown[]): string {
  const [low, high] = extentOf(values);
  return high >= low ? `${si(low, 4)} to ${si(high, 4)}` : 'no finite value';
}
