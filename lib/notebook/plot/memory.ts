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
  const limit = options.limit === undefined ? [] : [line(`${options.limit} bytes there are`, options.limit, last)];
  const arena = line(`${plan.bytes} bytes of arena`, plan.bytes, last);
  const xaxis = layoutAxis(options.x ?? 'Step', { range: [-1, last + 1] });
  const top = 1.08 * Math.max(plan.bytes, options.limit ?? 0);
  const yaxis = layoutAxis(options.y ?? { title: 'Place', unit: 'byte' }, { range: [0, top] });
  const parts = { showlegend: false, xaxis, yaxis, hovermode: 'closest' };
  const names = labels(program, { ...plan, buffers: drawn }, last);
  return figure([...shapes, names, arena, ...limit], chartLayout({ height: 420, ...options }, parts));
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

/** Names where they have room: beside a share of the steps and of the arena. */
function labels(program: Program, { buffers, bytes: arena }: MemoryPlan, last: number): Trace {
  const wide = buffers.filter(({ bytes, from, to }) => bytes >= arena / 16 && to - from + 1 >= (last + 1) / 12);
  return {
    type: 'scatter',
    mode: 'text',
    x: wide.map(({ from, to }) => (from + to) / 2),
    y: wide.map(({ offset, bytes, shrinks }) => offset + (shrinks?.at(-1)?.bytes ?? bytes) / 2),
    text: wide.map(buffer => nameOf(program, buffer)),
    textposition: 'middle center',
    textfont: { size: 11 },
    hoverinfo: 'skip',
  };
}

const line = (name: string, at: number, last: number): Trace => ({
  type: 'scatter',
  mode: 'lines',
  name,
  x: [-1, last + 1],
  y: [at, at],
  line: { dash: 'dash', width: 1 },
});
