import type { LayoutAxis, Value } from '../drawing.ts';
import { extentOf } from '../extent.ts';
import { percent, si } from '../format.ts';

/** Where values of one axis lie between pixel `from` and pixel `to`, and which of them get a tick. `band` is the width of one category. */
export interface Scale {
  readonly position: (value: Value | undefined) => number | undefined;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  readonly band: number;
  /** Pixels that a difference of this size takes, on a linear axis. */
  readonly length: (difference: number) => number;
  /** Pixel that bars start from. */
  readonly base: number;
}

export type Span = readonly [from: number, to: number];

/** The scale of an axis that has to show `values`. */
export function scaleOf(axis: LayoutAxis, values: readonly Value[], span: Span): Scale {
  const make = { category: categories, log: logarithmic, linear }[axis.type];
  const scale = make(axis, values, span);
  return axis.showticklabels === false ? { ...scale, ticks: scale.ticks.map(({ at }) => ({ at, label: '' })) } : scale;
}

const finite = (values: readonly Value[]): number[] => values.filter((v): v is number => typeof v === 'number');

function categories(axis: LayoutAxis, values: readonly Value[], [from, to]: Span): Scale {
  const labels = [...new Set(values.filter(v => v !== null).map(String))];
  if (axis.autorange !== 'reversed' && to < from) return categories({ ...axis, autorange: 'reversed' }, labels.reverse(), [to, from]);
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const band = (high - low) / Math.max(1, labels.length);
  const places = new Map(labels.map((label, i) => [label, low + (i + 0.5) * band]));
  const ticks = [...places].map(([label, at]) => ({ at, label }));
  return { position: value => places.get(String(value)), ticks, band, length: () => band, base: from };
}

function linear(axis: LayoutAxis, values: readonly Value[], [from, to]: Span): Scale {
  const [low, high] = axis.range ?? extent(finite(values), axis.rangemode === 'tozero');
  const at = (v: number): number => from + ((v - low) / (high - low)) * (to - from);
  const step = Number(axis.dtick ?? niceStep((high - low) / 5));
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) - 2);
  const label = (v: number): string => (axis.tickformat === '~%' ? percent(v, decimals) : si(v, 6));
  const ticks = Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return {
    position: value => (typeof value === 'number' ? at(value) : undefined),
    ticks: ticks.map(v => ({ at: at(v), label: label(v) })),
    band: Math.abs(to - from) / Math.max(1, values.length),
    length: difference => Math.abs(at(difference) - at(0)),
    base: at(Math.min(Math.max(0, low), high)),
  };
}

function logarithmic(axis: LayoutAxis, values: readonly Value[], span: Span): Scale {
  const exponents = finite(values).flatMap(v => (v > 0 ? [Math.log10(v)] : []));
  const inner = linear({ ...axis, type: 'linear', rangemode: 'normal' }, exponents, span);
  const [low, high] = axis.range ?? extent(exponents, false);
  const ticks = decades(low, high).map(value => ({ at: inner.position(Math.log10(value)) as number, label: si(value) }));
  return {
    ...inner,
    ticks,
    position: value => (typeof value === 'number' && value > 0 ? inner.position(Math.log10(value)) : undefined),
    base: span[0],
  };
}

/** Powers of ten between two exponents, at most eight; less than two decades get 2 and 5 as well. */
function decades(low: number, high: number): number[] {
  const stride = Math.max(1, Math.ceil((high - low) / 8));
  const steps = high - low < 2 ? [1, 2, 5] : [1];
  const all = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, i) => Math.floor(low) + i);
  const values = all.filter(e => e % stride === 0).flatMap(e => steps.map(step => step * 10 ** e));
  return values.filter(value => Math.log10(value) >= low && Math.log10(value) <= high);
}

/** From the least to the greatest value with a margin of 5 %, 0 at the edge for bars. */
function extent(values: readonly number[], fromZero: boolean): [number, number] {
  let [low, high] = extentOf(values);
  if (fromZero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  if (!(high > low)) [low, high] = Number.isFinite(low) ? [low - 0.5, high + 0.5] : [0, 1];
  const margin = (high - low) * 0.05;
  return [fromZero && low === 0 ? 0 : low - margin, fromZero && high === 0 ? 0 : high + margin];
}

/** The least of 1, 2, 5 times a power of ten that is not below `rough`. */
export function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find(f => f * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}
