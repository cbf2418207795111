import { divergingScale, inkOn, scaleColour, stepColour, type steppedScale } from '../colours.ts';
import type { Trace } from '../drawing.ts';
import { extentOf } from '../extent.ts';
import type { Area } from './axes.ts';
import { element, textAt, textWidth } from './element.ts';
import type { Frame } from './marks.ts';

// A fallback picture stays small: of a larger matrix every second, third … row and column is drawn.
const maximumCells = 64;

/** Coloured cells with their texts, and a colour bar on the right. */
export function heatmapMarks(trace: Trace, { x, y, area }: Frame): string {
  const rows = trace.z ?? [];
  const [least, greatest] = extentOf(rows.flat());
  const [low, high] = [Number(trace.zmin ?? least), Number(trace.zmax ?? greatest)];
  const [tall, wide] = [Math.ceil(rows.length / maximumCells), Math.ceil((rows[0]?.length ?? 0) / maximumCells)];
  const colour = colouring(trace);
  const shade = (value: number): string => colour(high > low ? (value - low) / (high - low) : 0.5);
  const cells = rows.flatMap((row, i) =>
    row.map((value, j) => {
      if (i % tall !== 0 || j % wide !== 0) return '';
      const [cx, cy] = [x.position(trace.x?.[j]), y.position(trace.y?.[i])];
      if (value === null || cx === undefined || cy === undefined) return '';
      const box = { x: cx - x.band / 2, y: cy - y.band / 2, width: wide * x.band + 0.3, height: tall * y.band + 0.3 };
      const written = String((trace.text?.[i] as readonly string[] | undefined)?.[j] ?? '');
      const text = textWidth(written) <= wide * x.band ? written : '';
      return (
        element('rect', { ...box, fill: shade(value) }) + textAt(cx, cy + 4, { text, 'text-anchor': 'middle', fill: inkOn(shade(value)) })
      );
    }),
  );
  return cells.join('') + colourBar({ area, shade, low, high }, trace.colorbar as Ticks);
}

/** The colour at a share of a heat map's scale. */
function colouring({ colorscale }: Trace): (share: number) => string {
  if (colorscale === 'Viridis') return share => scaleColour('viridis', share);
  if (colorscale === divergingScale) return share => scaleColour('diverging', share);
  return share => stepColour(colorscale as ReturnType<typeof steppedScale>, share);
}

/** Values that have a label on the colour bar; its ends, where it has none. */
interface Ticks {
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
}

interface Bar {
  readonly area: Area;
  readonly shade: (value: number) => string;
  readonly low: number;
  readonly high: number;
}

function colourBar({ area, shade, low, high }: Bar, { tickvals, ticktext }: Ticks): string {
  const [left, steps] = [area.right + 14, 40];
  const height = (area.bottom - area.top) / steps;
  const bars = Array.from({ length: steps }, (_, i) => {
    const fill = shade(high - ((i + 0.5) / steps) * (high - low));
    return element('rect', { x: left, y: area.top + i * height, width: 12, height: height + 0.4, fill });
  });
  const label = (value: number): string => String(Number(value.toPrecision(3)));
  const at = (value: number): number => area.bottom - ((value - low) / (high - low)) * (area.bottom - area.top) + 4;
  if (tickvals)
    return [...bars, ...tickvals.map((value, i) => textAt(left + 17, at(value), { text: ticktext?.[i] ?? label(value) }))].join('');
  return [...bars, textAt(left + 17, area.top + 10, { text: label(high) }), textAt(left + 17, area.bottom, { text: label(low) })].join('');
}
