import { seriesColour } from '../colours.ts';
import type { Drawing, Layout, LayoutAxis, Trace, Value } from '../drawing.ts';
import { type Area, horizontalAxis, ink, labelWidth, verticalAxis } from './axes.ts';
import { element, textAt, textWidth } from './element.ts';
import { heatmapMarks } from './heatmap.ts';
import { barMarks, type Frame, scatterMarks } from './marks.ts';
import { type Span, scaleOf } from './scale.ts';

const width = 720;
const colourBarRoom = 60;

interface Panel {
  readonly traces: readonly { readonly trace: Trace; readonly colour: string }[];
  readonly x: LayoutAxis;
  readonly y: LayoutAxis;
}

/**
 * The figure as a picture, for viewers without Plotly: a page on GitHub, a printed notebook, a terminal's file. White background, so that it
 * can be read on any page. Knows lines, points, bars and heat maps on linear, log and category axes, which is all that our figures use.
 */
export function svgOf(drawing: Drawing): string {
  const { layout } = drawing;
  const { height } = layout;
  const body = [element('rect', { width, height, fill: '#ffffff' }), ...panelsOf(drawing).map(panel => panelMarks(panel, drawing))];
  if (layout.title) body.push(textAt(16, 26, { text: layout.title.text, 'font-size': 16, 'font-weight': 600 }));
  if (layout.showlegend) body.push(legend(drawing));
  body.push(...panelTitles(layout));
  const frame = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height };
  return element(
    'svg',
    { ...frame, 'font-family': 'system-ui, sans-serif', 'font-size': 12, fill: ink, role: 'img', 'aria-label': layout.title?.text },
    body.join(''),
  );
}

/** Colour of a trace: its own, or the palette's. */
function colourOf(trace: Trace, index: number): string {
  const own = (trace.line ?? trace.marker) as { readonly color?: unknown } | undefined;
  return typeof own?.color === 'string' ? own.color : seriesColour(index);
}

function panelsOf({ data, layout }: Drawing): Panel[] {
  const groups = new Map<string, { trace: Trace; colour: string }[]>();
  data.forEach((trace, i) => {
    const id = (trace.xaxis ?? 'x').slice(1);
    const group = groups.get(id) ?? [];
    groups.set(id, [...group, { trace, colour: colourOf(trace, i) }]);
  });
  return [...groups].map(([id, traces]) => {
    return { traces, x: layout[`xaxis${id}`] as LayoutAxis, y: layout[`yaxis${id}`] as LayoutAxis };
  });
}

function panelMarks({ traces, x, y }: Panel, { layout }: Drawing): string {
  const { margin, height } = layout;
  const share = ([low, high]: Span, from: number, to: number): Span => [from + low * (to - from), from + high * (to - from)];
  const [top, bottom] = share(flipped(y.domain), margin.t, height - margin.b);
  const mode = String(layout.barmode ?? 'group');
  const yScale = scaleOf(y, valuesOn('y', traces, mode), [bottom, top]);
  const room = 24 + labelWidth(yScale) + (y.title ? 10 : 0);
  // Facets have left room for their colour bars already.
  const heat = !x.domain && traces.some(({ trace }) => trace.type === 'heatmap') ? colourBarRoom : 0;
  const [cellLeft, cellRight] = share(x.domain ?? [0, 1], 16, width - margin.r);
  const area: Area = { left: cellLeft + room, right: cellRight - heat, top, bottom };
  const xScale = scaleOf(x, valuesOn('x', traces, mode), [area.left, area.right]);
  const below = new Map<Value, number>();
  const bars = traces.filter(({ trace }) => trace.type === 'bar');
  const marks = traces.map(({ trace, colour }) => {
    const frame: Frame = { x: xScale, y: yScale, area, colour };
    if (trace.type === 'heatmap') return heatmapMarks(trace, frame);
    if (trace.type === 'scatter') return scatterMarks(trace, frame);
    return barMarks(trace, frame, { index: bars.findIndex(bar => bar.trace === trace), count: bars.length, mode, below });
  });
  return [horizontalAxis(x, xScale, area), verticalAxis(y, yScale, area), ...marks].join('');
}

/** A domain counted from the top, as pixels are. */
const flipped = (domain: Span = [0, 1]): Span => [1 - domain[1], 1 - domain[0]];

/** Every value that the axis must show; stacked bars reach as far as their sums. */
function valuesOn(axis: 'x' | 'y', traces: Panel['traces'], mode: string): Value[] {
  const all = traces.map(({ trace }) => trace[axis] ?? []);
  const lying = traces.some(({ trace }) => trace.orientation === 'h');
  if (mode !== 'stack' || lying === (axis === 'y')) return all.flat();
  const labels = [...new Set(traces.flatMap(({ trace }) => (lying ? trace.y : trace.x) ?? []))];
  return labels.map(label =>
    traces.reduce((sum, { trace }) => {
      const i = ((lying ? trace.y : trace.x) ?? []).indexOf(label);
      return sum + Number(trace[axis]?.[i] ?? 0);
    }, 0),
  );
}

function panelTitles({ annotations, margin, height }: Layout): string[] {
  const titles = (annotations ?? []) as readonly { readonly text: string; readonly x: number; readonly y: number }[];
  const at = (y: number): number => margin.t + (1 - y) * (height - margin.t - margin.b) - 8;
  return titles.map(({ text, x, y }) => textAt(16 + x * (width - margin.r - 16), at(y), { text, 'font-size': 14 }));
}

function legend({ data, layout }: Drawing): string {
  const y = layout.margin.t - (layout.annotations ? 34 : 12);
  let x = 16;
  const entries = data.map((trace, i) => {
    if (!trace.name || trace.showlegend === false) return '';
    const at = x;
    x += textWidth(trace.name) + 38;
    return element('rect', { x: at, y: y - 9, width: 14, height: 10, fill: colourOf(trace, i) }) + textAt(at + 20, y, { text: trace.name });
  });
  return entries.join('');
}
