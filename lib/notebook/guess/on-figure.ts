import { seriesColour } from '../colours.ts';
import type { LayoutAxis, Trace, Value } from '../drawing.ts';
import { extentOf } from '../extent.ts';
import { type Figure, figure } from '../figure.ts';
import { withLegend, withTitle } from '../plot/layout.ts';
import { shortened } from '../svg/element.ts';
import { type Guess, guessText } from './value.ts';

const name = 'your guess';

/** The figure with a guess in it: drawn where it has a place in the chart, else in words behind the title. */
export function figureWith(source: Figure, guess: Guess): Figure {
  const drawn = source.layout.xaxis2 ? undefined : (asSeries(source, guess) ?? asMarks(source, guess));
  if (drawn) return figure(drawn, withLegend(source.layout));
  const { layout } = source;
  const text = `${name}: ${shortened(guessText(guess), 80)}`;
  return figure(source.data, withTitle(layout, layout.title ? `${layout.title.text} · ${text}` : text));
}

/** A bar more in each series, for numbers by the names of the series. */
function asSeries({ data }: Figure, guess: Guess): readonly Trace[] | undefined {
  if (typeof guess !== 'object' || Array.isArray(guess)) return undefined;
  const numbers = new Map(Object.entries(guess));
  if (!data.every(({ type }) => type === 'bar')) return undefined;
  if (![...numbers.keys()].every(key => data.some(trace => trace.name === key))) return undefined;
  const longer = (trace: Trace): Trace => {
    const number = numbers.get(trace.name ?? '') ?? null;
    const [labels, values] = trace.orientation === 'h' ? (['y', 'x'] as const) : (['x', 'y'] as const);
    return { ...trace, [labels]: [...(trace[labels] ?? []), name], [values]: [...(trace[values] ?? []), number] };
  };
  return data.every(trace => typeof (trace.orientation === 'h' ? trace.y : trace.x)?.[0] === 'string') ? data.map(longer) : undefined;
}

interface Place {
  readonly at: Value;
  readonly value: Value;
}

/** A series more: marks, or a dashed line. */
function asMarks(source: Figure, guess: Guess): readonly Trace[] | undefined {
  const { data, layout } = source;
  const lying = data.some(({ orientation }) => orientation === 'h');
  const places = placesOf(source, guess, lying);
  if (!places) return undefined;
  const [along, across] = lying ? (['y', 'x'] as const) : (['x', 'y'] as const);
  const known = data.flatMap(trace => trace[across] ?? []);
  if (!places.every(({ value }) => fits(value, layout[`${across}axis`] as LayoutAxis, known))) return undefined;
  const line = typeof guess === 'number' || Array.isArray(guess);
  // The colour that a further series would have: it stands off from the bars that it may lie on.
  const color = seriesColour(data.length);
  const added: Trace = {
    type: 'scatter',
    mode: line ? 'lines+markers' : 'markers',
    name: typeof guess === 'object' ? name : `${name}: ${guessText(guess)}`,
    [along]: places.map(({ at }) => at),
    [across]: places.map(({ value }) => value),
    ...(line ? { line: { color, dash: 'dash' } } : {}),
    marker: line ? { color, size: 5 } : { color, size: 12, symbol: 'diamond' },
  };
  // A series without a name would be called "trace 0" by the legend.
  return [...data.map(trace => (trace.name ? trace : { ...trace, showlegend: false })), added];
}

/** Where a guess stands in a chart of bars or lines; undefined where it has no place. */
function placesOf({ data, layout }: Figure, guess: Guess, lying: boolean): readonly Place[] | undefined {
  if (typeof guess === 'string') return placeCalled(data, guess, lying);
  const bars = data.every(({ type }) => type === 'bar') && layout.barmode !== 'overlay';
  const lines = data.every(({ type, mode }) => type === 'scatter' && String(mode).startsWith('lines'));
  if ((!bars && !lines) || layout.barmode === 'stack') return undefined;
  const labels = [...new Set(data.flatMap(trace => (lying ? trace.y : trace.x) ?? []))];
  if (typeof guess === 'number') return [labels[0] ?? null, labels.at(-1) ?? null].map(at => ({ at, value: guess }));
  if (typeof guess === 'boolean') return undefined;
  if (Array.isArray(guess)) return guess.length === labels.length ? labels.map((at, i) => ({ at, value: guess[i] as number })) : undefined;
  const entries = Object.entries(guess);
  const placed = entries.map(([label, value]) => ({ at: labels.find(known => String(known) === label) ?? null, value }));
  return placed.some(({ at }) => at === null) ? undefined : placed;
}

/** The bar or the point that a word names. */
function placeCalled(data: readonly Trace[], word: string, lying: boolean): readonly Place[] | undefined {
  for (const trace of data) {
    const [labels, values] = lying ? [trace.y, trace.x] : [trace.x, trace.y];
    const i = trace.type === 'bar' ? (labels ?? []).indexOf(word) : ((trace.text ?? []) as readonly string[]).indexOf(word);
    const [at, value] = [labels?.[i] ?? null, values?.[i] ?? null];
    if (trace.type !== 'heatmap' && at !== null && value !== null) return [{ at, value }];
  }
  return undefined;
}

/** How many times what came a guess may be, so that what came can still be seen. */
const reach = 20;

/** Whether a value can be drawn on an axis that shows these values. */
function fits(value: Value, { type, range }: LayoutAxis, known: readonly Value[]): boolean {
  if (typeof value !== 'number') return true;
  const place = (v: number): number => (type === 'log' ? Math.log10(v) : v);
  if (!Number.isFinite(place(value))) return false;
  if (range) return place(value) >= range[0] && place(value) <= range[1];
  const [low, high] = extentOf(known);
  return type === 'log' || Math.abs(value) <= reach * Math.max(Math.abs(low), Math.abs(high));
}
