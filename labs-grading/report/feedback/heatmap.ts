import { html } from 'hono/html';
import type { Contrast } from 'tinylab';
import type { Markup } from '../page/frame.ts';

type Cell = number | null;

/** Whether two numbers differ by more than rounding. */
const differ = (a: Cell, b: Cell): boolean => (a === null || b === null ? a !== b : Math.abs(a - b) > 1e-6 + 1e-5 * Math.abs(b));

const short = (value: Cell): string =>
  value === null ? '–' : Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));

const gap = 28;
const top = 22;

/** Expected and got side by side, cell by cell; where they differ a cell is outlined. Blue is below 0, orange above. */
export function contrastPicture({ shape, expected, got }: Contrast): Markup | undefined {
  const [rows, columns] = shape.length === 1 ? [1, shape[0] ?? 0] : [shape[0] ?? 0, shape[1] ?? 0];
  const whole =
    [rows, columns].every(n => Number.isInteger(n) && n > 0) && rows * columns === expected.length && got.length === expected.length;
  if (!whole || expected.length > 256) return undefined;
  const wrong = expected.filter((value, i) => differ(got[i] as Cell, value)).length;
  const reach = Math.max(...[...expected, ...got].map(value => Math.abs(value ?? 0))) || 1;
  const written = columns <= 8;
  const [w, h] = written ? [54, 26] : [18, 18];
  const stacked = 2 * columns * w + gap > 900;
  const [dx, dy] = stacked ? [0, rows * h + top + 12] : [Math.max(columns * w, 70) + gap, 0];
  const width = Math.max(columns * w, 70) + dx + 4;
  const height = rows * h + top + dy + 4;
  const draw = (values: readonly Cell[], x: number, y: number): Markup[] =>
    values.map((value, i) => {
      const [left, up] = [x + (i % columns) * w, y + Math.floor(i / columns) * h];
      const off = differ(got[i] as Cell, expected[i] as Cell);
      const colour = (value ?? 0) < 0 ? '#1f82c4' : '#d55e00';
      const strength = (0.06 + 0.42 * (Math.abs(value ?? 0) / reach)).toFixed(3);
      const edge = off ? html` style="stroke:var(--bad);stroke-width:2"` : html` class="axis"`;
      const box = html`<rect x="${left + 1.5}" y="${up + 1.5}" width="${w - 3}" height="${h - 3}" rx="3" fill="${colour}" fill-opacity="${strength}"${edge}/>`;
      return html`${box}${written ? html`<text x="${left + w / 2}" y="${up + h / 2 + 4}" text-anchor="middle">${short(value)}</text>` : ''}`;
    });
  const label = `${wrong} of ${expected.length} values differ, array of shape ${shape.join(' by ')}`;
  return html`<svg role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<text class="quiet" x="1" y="14">expected</text>${draw(expected, 0, top)}
<text class="quiet" x="${1 + dx}" y="${14 + dy}">got</text>${draw(got, dx, top + dy)}
</svg>`;
}
