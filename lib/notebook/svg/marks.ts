import type { Trace, Value } from '../drawing.ts';
import type { Area } from './axes.ts';
import { element, textAt } from './element.ts';
import type { Scale } from './scale.ts';

/** Where the marks of a trace go: its scales, the drawing area and its colour. */
export interface Frame {
  readonly x: Scale;
  readonly y: Scale;
  readonly area: Area;
  readonly colour: string;
}

// A fallback picture stays small: longer series are thinned evenly, their last point is kept.
const maximumPoints = 2000;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Lines, points and their labels. A missing value breaks the line. */
export function scatterMarks(trace: Trace, { x, y, colour }: Frame): string {
  const ys = trace.y ?? [];
  const stride = Math.ceil(ys.length / maximumPoints);
  const kept = ys.flatMap((_, i) => (i % stride === 0 || i === ys.length - 1 ? [i] : []));
  const places = kept.map((i): Place | undefined => {
    const [px, py] = [x.position(trace.x?.[i] ?? i), y.position(ys[i])];
    return px === undefined || py === undefined ? undefined : { x: px, y: py, text: String(trace.text?.[i] ?? '') };
  });
  const mode = String(trace.mode ?? 'lines');
  const known = places.filter(place => place !== undefined);
  return [
    mode.includes('lines') ? paths(places, colour, trace) : '',
    ...(mode.includes('markers') ? known.map(p => element('circle', { cx: p.x, cy: p.y, r: 4, fill: colour })) : []),
    ...(mode.includes('text')
      ? known.map((p, i) => label(p, Array.isArray(trace.textposition) ? trace.textposition[i] : trace.textposition))
      : []),
  ].join('');
}

function label({ x, y, text }: Place, position: unknown): string {
  if (position === 'bottom right') return textAt(x + 7, y + 14, { text });
  if (position === 'middle right') return textAt(x + 2, y + 4, { text });
  if (position === 'middle left' || position === 'top left')
    return textAt(x - 2, position === 'top left' ? y - 5 : y + 4, { text, 'text-anchor': 'end' });
  return textAt(x, position === 'middle center' ? y + 4 : y - 9, { text, 'text-anchor': 'middle' });
}

const dashed = ({ line }: Trace): boolean => (line as { readonly dash?: unknown } | undefined)?.dash === 'dash';

/** A line, and what it encloses where the trace fills that. */
function paths(places: readonly (Place | undefined)[], colour: string, trace: Trace): string {
  let command = 'M';
  const steps: string[] = [];
  for (const place of places) {
    if (place) steps.push(`${command}${place.x.toFixed(1)} ${place.y.toFixed(1)}`);
    command = place ? 'L' : 'M';
  }
  if (steps.length === 0) return '';
  const dashes = dashed(trace) ? '6 4' : undefined;
  const filled = trace.fill === 'toself' ? { fill: colour, 'fill-opacity': 0.4 } : { fill: 'none' };
  return element('path', { d: steps.join(''), ...filled, stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dashes });
}

/** Place of a series among the others of its chart. `below` holds how far the stack has grown at each label. */
export interface Series {
  readonly index: number;
  readonly count: number;
  readonly mode: string;
  readonly below: Map<Value, number>;
}

/** Bars, upright or lying, beside each other, stacked or overlaid. */
export function barMarks(trace: Trace, frame: Frame, series: Series): string {
  const lying = trace.orientation === 'h';
  const [along, across] = lying ? [frame.y, frame.x] : [frame.x, frame.y];
  const [labels, values] = lying ? [trace.y ?? [], trace.x ?? []] : [trace.x ?? [], trace.y ?? []];
  const grouped = series.mode === 'group';
  const width = typeof trace.width === 'number' ? along.length(trace.width) : (along.band * 0.7) / (grouped ? series.count : 1);
  const offset = grouped ? (series.index - (series.count - 1) / 2) * width : 0;
  const bars = values.map((value, i) => {
    const label = labels[i] ?? null;
    const below = series.mode === 'stack' ? (series.below.get(label) ?? 0) : 0;
    if (typeof value === 'number') series.below.set(label, below + value);
    const [centre, end] = [along.position(label), across.position(typeof value === 'number' ? below + value : null)];
    if (centre === undefined || end === undefined) return '';
    const start = below === 0 ? across.base : (across.position(below) ?? across.base);
    const from = centre + offset - width / 2;
    const [low, length] = [Math.min(start, end), Math.abs(end - start)];
    const box = lying ? { x: low, y: from, width: length, height: width } : { x: from, y: low, width, height: length };
    return element('rect', { ...box, fill: frame.colour, 'fill-opacity': trace.opacity as number | undefined });
  });
  return bars.join('');
}
