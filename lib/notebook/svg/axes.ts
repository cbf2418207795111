import type { LayoutAxis } from '../drawing.ts';
import { element, shortened, textAt, textWidth } from './element.ts';
import type { Scale } from './scale.ts';

/** The drawing area of one chart, in pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const ink = '#333333';
const grid = '#e3e3e3';

/** Grid lines, tick labels and title of the horizontal axis. Labels that would run into each other are thinned, long ones are cut. */
export function horizontalAxis(axis: LayoutAxis, scale: Scale, area: Area): string {
  const labels = scale.ticks.map(tick => ({ ...tick, label: shortened(tick.label, 16) }));
  const room = (area.right - area.left) / Math.max(1, labels.length);
  const stride = Math.max(1, Math.ceil(Math.max(0, ...labels.map(tick => textWidth(tick.label) + 8)) / room));
  const shown = labels.filter((_, i) => i % stride === 0);
  const lines = axis.type === 'category' ? [] : shown.map(({ at }) => ruler({ x1: at, y1: area.top, x2: at, y2: area.bottom }));
  const marks = shown.map(({ at, label }) => textAt(at, area.bottom + 17, { text: label, 'text-anchor': 'middle' }));
  const middle = (area.left + area.right) / 2;
  return [...lines, ...marks, textAt(middle, area.bottom + 40, { text: axis.title?.text ?? '', 'text-anchor': 'middle' })].join('');
}

/** Grid lines, tick labels and title of the vertical axis. */
export function verticalAxis(axis: LayoutAxis, scale: Scale, area: Area): string {
  const lines = axis.type === 'category' ? [] : scale.ticks.map(({ at }) => ruler({ x1: area.left, y1: at, x2: area.right, y2: at }));
  // labels of a line each: where rows are thinner, only some of them
  const stride = Math.max(1, Math.ceil((14 * scale.ticks.length) / Math.max(1, area.bottom - area.top)));
  const shown = axis.type === 'category' ? scale.ticks.filter((_, i) => i % stride === 0) : scale.ticks;
  const marks = shown.map(({ at, label }) => textAt(area.left - 8, at + 4, { text: shortened(label, 22), 'text-anchor': 'end' }));
  const [x, y] = [area.left - 16 - labelWidth(scale), (area.top + area.bottom) / 2];
  const title = textAt(x, y, {
    text: axis.title?.text ?? '',
    'text-anchor': 'middle',
    transform: `rotate(-90 ${x.toFixed(2)} ${y.toFixed(2)})`,
  });
  return [...lines, ...marks, title].join('');
}

/** Room that the tick labels of a vertical axis take. */
export const labelWidth = (scale: Scale): number => Math.max(24, ...scale.ticks.map(tick => textWidth(shortened(tick.label, 22))));

const ruler = (ends: Readonly<Record<string, number>>): string => element('line', { ...ends, stroke: grid });
