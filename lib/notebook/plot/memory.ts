import type { MemoryPlan, PlannedBuffer } from '../../deploy/plan/plan.ts';
import type { Program } from '../../deploy/program.ts';
import { LabError } from '../../tensor/errors.ts';
import type { Trace } from '../drawing.ts';
import { type Figure, figure } from '../figure.ts';
import { chartLayout, layoutAxis, type PlotOptions } from './layout.ts';

/** How a memory plan is drawn. */
export interface MemoryPlotOptions extends PlotOptions {
  /** Bytes that there are: a line. */
  readonly limit?: number;
}

/**
 * The arena of a program over time: a piece of memory from the step that writes it first to the last that needs it, over the bytes where it lies. One that shrinks
 * has steps; large ones have the name of the value that they hold last. Nothing overlaps, or the plan would be wrong.
 * @example
 * const program = deploy.outlineProgram(network('net', [8, 8, 3]).conv2d(4, 3).globalAveragePool().dense(2).graph());
 * plot.memory(program, deploy.planMemory(program), { limit: 1024 })
 * @throws LabError `plot/empty` for a plan without memory.
 */
export function memory(program: Program, plan: MemoryPlan, options: MemoryPlotOptions = {}): Figure {
  const drawn = plan.buffers.filter(({ bytes }) => bytes > 0);
  if (drawn.length === 0)
    throw new LabError('plot/empty', 'plot.memory got a plan without memory.', 'Plan a program that computes something.');
  const last = drawn.reduce((most, { to }) => Math.max(most, to), 0);
  const shapes = drawn.map(buffer => outline(buffer, nameOf(program, buffer)));
  const top = 1.12 * Math.max(plan.bytes, options.limit ?? 0);
  const limit = options.limit === undefined ? [] : [line('there are', options.limit, last)];
  const arena = line('of arena', plan.bytes, last);
  const xaxis = layoutAxis(options.x ?? 'Step', { range: [-1, last + 1], ...(last <= 12 && { dtick: 1 }) });
  const yaxis = layoutAxis(options.y ?? { title: 'Place in the arena', unit: 'byte' }, { range: [0, top] });
  const parts = { showlegend: false, xaxis, yaxis, hovermode: 'closest' };
  const names = labels(program, { ...plan, buffers: drawn }, { last, least: top / 22 });
  return figure([...shapes, names, arena, ...limit, lineNames([...limit, arena], top)], chartLayout({ height: 420, ...options }, parts));
}

function nameOf({ tensors, steps }: Program, { tensors: held, scratch }: PlannedBuffer): string {
  const index = held.at(-1);
  if (index !== undefined) return tensors[index]?.name ?? '';
  return `scratch of ${tensors[steps[scratch as number]?.outputs[0] ?? -1]?.name ?? ''}`;
}

/** The border of a buffer: along its place, and back over its ends. */
function outline({ offset, bytes, from, to, shrinks = [] }: PlannedBuffer, name: string): Trace {
  const [x, y]: [number[], number[]] = [
    [from - 0.5, from - 0.5],
    [offset, offset + bytes],
  ];
  let end = offset + bytes;
  for (const { from: step, bytes: less } of shrinks.filter(({ from: first }) => first <= to)) {
    x.push(step - 0.5, step - 0.5);
    y.push(end, offset + less);
    end = offset + less;
  }
  x.push(to + 0.5, to + 0.5, from - 0.5);
  y.push(end, offset, offset);
  return {
    type: 'scatter',
    mode: 'lines',
    name: `${name}: ${bytes} bytes`,
    x,
    y,
    fill: 'toself',
    line: { width: 1 },
    hoveron: 'fills',
    hoverinfo: 'name',
  };
}

/** Whether nothing is drawn where a name to the right of this piece of memory would stand. */
function isFree(
  buffers: readonly PlannedBuffer[],
  { offset, bytes, to }: PlannedBuffer,
  { arena, last }: { arena: number; last: number },
): boolean {
  const [middle, half, end] = [offset + bytes / 2, arena / 16, to + (last + 1) / 6];
  return !buffers.some(
    other => other.to > to && other.from <= end && other.offset < middle + half && other.offset + other.bytes > middle - half,
  );
}

/** Names where they have room: in what takes a share of the steps and of the arena, and to the right of what is narrow where most memory is held. */
function labels(program: Program, { buffers, bytes: arena }: MemoryPlan, { last, least }: { last: number; least: number }): Trace {
  const large = buffers.filter(({ bytes }) => bytes >= Math.max(arena / 16, least)); // a line of text is not higher
  const wide = large.filter(({ from, to }) => to - from + 1 >= (last + 1) / 12);
  const top = buffers.find(({ offset, bytes }) => offset + bytes === arena)?.from ?? 0;
  const narrow = large.filter(one => one.from <= top && top <= one.to && !wide.includes(one) && isFree(buffers, one, { arena, last }));
  return {
    type: 'scatter',
    mode: 'text',
    x: [...wide.map(({ from, to }) => (from + to) / 2), ...narrow.map(({ to }) => to + 0.5)],
    y: [...wide, ...narrow].map(({ offset, bytes, shrinks }) => offset + (shrinks?.at(-1)?.bytes ?? bytes) / 2),
    text: [...wide.map(buffer => nameOf(program, buffer)), ...narrow.map(buffer => `\u00a0${nameOf(program, buffer)}`)],
    textposition: [...wide.map(() => 'middle center'), ...narrow.map(() => 'middle right')],
    cliponaxis: false,
    textfont: { size: 11 },
    hoverinfo: 'skip',
  };
}

/** So many bytes: a line over all steps, with its meaning at the end. */
const line = (what: string, at: number, last: number): Trace => ({
  type: 'scatter',
  mode: 'lines',
  name: `${at.toLocaleString('en-US')} bytes ${what}`,
  x: [-1, last + 1],
  y: [at, at],
  line: { dash: 'dash', width: 1 },
});

/** What the lines mean, at their ends and just above them. */
function lineNames(lines: readonly Trace[], top: number): Trace {
  const ends = lines.map(({ x, y }) => [Number(x?.[1]), Number(y?.[1])] as const);
  const [x, y] = [ends.map(([end]) => end), ends.map(([, at]) => at + top / 90)];
  return { type: 'scatter', mode: 'text', x, y, text: lines.map(({ name }) => String(name)), textposition: 'top left', hoverinfo: 'skip' };
}
