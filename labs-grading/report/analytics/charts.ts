import { html } from 'hono/html';
import type { Markup } from '../page/frame.ts';

const width = 620;
const left = 44;
const colour = 'var(--link)';

/** Counts of totals in ten bins of equal width over 0 to `maximum`, the last one closed. */
export function binsOf(totals: readonly number[], maximum: number): number[] {
  const bins = new Array<number>(10).fill(0);
  for (const total of totals) {
    const bin = Math.min(9, Math.max(0, Math.floor((10 * total) / maximum)));
    bins[bin] = (bins[bin] as number) + 1;
  }
  return bins;
}

/** How many students have how many points. */
export function scoreHistogram(totals: readonly number[], maximum: number): Markup {
  const bins = binsOf(totals, maximum);
  const most = Math.max(1, ...bins);
  const [height, top, base] = [220, 22, 180];
  const step = (width - left - 10) / 10;
  const bar = (count: number, i: number): Markup => {
    const size = ((base - top) * count) / most;
    const label = html`<text x="${left + (i + 0.5) * step}" y="${base - size - 5}" text-anchor="middle">${count}</text>`;
    const box = html`<rect x="${left + i * step + 2}" y="${base - size}" width="${step - 4}" height="${size}" rx="3" fill="${colour}"/>`;
    return html`${count > 0 ? box : ''}${count > 0 ? label : ''}`;
  };
  const tick = (i: number): Markup =>
    html`<text class="quiet" x="${left + i * step}" y="${base + 18}" text-anchor="middle">${Number(((maximum * i) / 10).toFixed(1))}</text>`;
  const label = `Histogram of points: ${bins.map((count, i) => `${count} from ${i * 10} to ${i * 10 + 10} %`).join(', ')}`;
  return html`<svg role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<line class="axis" x1="${left}" y1="${base}" x2="${width - 10}" y2="${base}"/>${bins.map(bar)}
${Array.from({ length: 11 }, (_, i) => tick(i))}<text class="quiet" x="${(left + width) / 2}" y="${height - 4}" text-anchor="middle">points before lateness</text></svg>`;
}

export interface Dot {
  readonly name: string;
  readonly difficulty: number;
  readonly discrimination: number | undefined;
}

/** Questions by difficulty (right is easy) and discrimination (up is telling); numbers name them. */
export function itemMap(dots: readonly Dot[]): Markup {
  const [height, top, base] = [300, 16, 250];
  const x = (share: number): number => left + share * (width - left - 20);
  const y = (r: number): number => base - ((r + 0.4) / 1.4) * (base - top);
  const line = (
    r: number,
  ): Markup => html`<line class="axis" x1="${left}" y1="${y(r)}" x2="${width - 20}" y2="${y(r)}"${r === 0 ? '' : html` stroke-dasharray="3 4"`}/>
<text class="quiet" x="${left - 8}" y="${y(r) + 4}" text-anchor="end">${r}</text>`;
  const tick = (share: number): Markup => html`<text class="quiet" x="${x(share)}" y="${base + 18}" text-anchor="middle">${share}</text>`;
  const dot = ({ difficulty, discrimination: r }: Dot, i: number): Markup | string => {
    if (r === undefined) return '';
    const at = y(Math.max(-0.4, r));
    const ring = r < 0 ? 'var(--bad)' : colour;
    return html`<circle cx="${x(difficulty).toFixed(1)}" cy="${at.toFixed(1)}" r="11" style="fill:var(--card);stroke:${ring};stroke-width:2"/>
<text x="${x(difficulty).toFixed(1)}" y="${(at + 4).toFixed(1)}" text-anchor="middle">${i + 1}</text>`;
  };
  const told = dots.map(
    ({ name, difficulty, discrimination }) => `${name}: ${difficulty.toFixed(2)}, ${discrimination?.toFixed(2) ?? 'unknown'}`,
  );
  return html`<svg role="img" aria-label="Difficulty and discrimination. ${told.join('; ')}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
${[-0.2, 0, 0.2, 0.4, 0.6, 0.8, 1].map(line)}${[0, 0.2, 0.4, 0.6, 0.8, 1].map(tick)}${dots.map(dot)}
<text class="quiet" x="${(left + width) / 2}" y="${height - 8}" text-anchor="middle">difficulty: mean share of the points (right is easy)</text>
<text class="quiet" x="${left + 4}" y="${top - 2}">discrimination</text></svg>`;
}
