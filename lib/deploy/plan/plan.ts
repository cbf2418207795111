import { LabError } from '../../tensor/errors.ts';
import type { Program } from '../program.ts';
import { type ProgramBuffer, programBuffers } from './lifetimes.ts';
import { greedyBySize, type Placeable, type PlanStrategy } from './strategies.ts';

/** A buffer with its place in the arena. */
export interface PlannedBuffer extends ProgramBuffer {
  /** Its first byte. */
  readonly offset: number;
}

/** Where everything lies that a program computes: one arena in which buffers share bytes that they do not need at the same time. */
export interface MemoryPlan {
  readonly buffers: readonly PlannedBuffer[];
  /** Bytes of the arena. */
  readonly bytes: number;
  /** Bytes that no plan can go below: the most that are needed at one time. */
  readonly lowerBound: number;
}

/** How an arena is laid out. */
export interface PlanOptions {
  /** Default `greedyBySize`. */
  readonly strategy?: PlanStrategy;
  /** Every buffer begins at a multiple of so many bytes; default 16, as in TensorFlow Lite Micro. */
  readonly alignment?: number;
}

/**
 * Lays out the memory of a program, for one example and without its constants: buffers that meet in a step never share a byte.
 * @throws LabError `deploy/alignment`; `deploy/plan` for a strategy whose places overlap.
 * @example
 * const [x, y] = [{ name: 'x', shape: [1, 24], type: 'int8' }, { name: 'y', shape: [1, 12], type: 'int8' }];
 * const step = { op: 'max-pool', inputs: [0], outputs: [1], attributes: {} };
 * planMemory({ name: 'net', tensors: [x, y], steps: [step], inputs: [0], outputs: [1] }).bytes; // → 48
 */
export function planMemory(program: Program, { strategy = greedyBySize, alignment = 16 }: PlanOptions = {}): MemoryPlan {
  if (!Number.isSafeInteger(alignment) || alignment < 1)
    throw new LabError('deploy/alignment', `An alignment is a whole number of bytes from 1 on; got ${alignment}.`, 'Leave it out for 16.');
  const buffers = programBuffers(program);
  const reserved = buffers.map(buffer => ({ ...buffer, bytes: Math.ceil(buffer.bytes / alignment) * alignment }));
  const offsets = strategy(reserved);
  assertPlaces(reserved, offsets, alignment);
  return {
    buffers: buffers.map((buffer, i) => ({ ...buffer, offset: offsets[i] as number })),
    bytes: reserved.reduce((most, { bytes }, i) => Math.max(most, (offsets[i] as number) + bytes), 0),
    lowerBound: mostAtOnce(reserved),
  };
}

/**
 * The most bytes of values that a program needs at one time, its constants apart: what no memory plan can go below when nothing is aligned.
 */
export function peakBytes(program: Program): number {
  return mostAtOnce(programBuffers(program));
}

/** The most bytes that are there at one time. */
function mostAtOnce(buffers: readonly Placeable[]): number {
  // the sum changes where a buffer begins, and behind the step where it ends
  const changes = buffers.flatMap(({ from, to, bytes }) => [[from, bytes] as const, [to + 1, -bytes] as const]);
  changes.sort(([a, x], [b, y]) => a - b || x - y);
  let [sum, most] = [0, 0];
  for (const [, bytes] of changes) {
    sum += bytes;
    most = Math.max(most, sum);
  }
  return most;
}

/** Refuses places that are none, or overlap among buffers that meet in a step. */
function assertPlaces(buffers: readonly Placeable[], offsets: readonly number[], alignment: number): void {
  const refuse = (message: string): never => {
    throw new LabError('deploy/plan', message, 'Use greedyBySize, or mend the strategy.');
  };
  if (offsets.length !== buffers.length) refuse(`The strategy placed ${offsets.length} of ${buffers.length} buffers.`);
  const stray = offsets.findIndex(offset => !Number.isSafeInteger(offset) || offset < 0 || offset % alignment !== 0);
  if (stray >= 0) refuse(`The strategy placed buffer ${stray} at ${offsets[stray]}; places are multiples of ${alignment} from 0 on.`);
  const order = [...buffers.keys()].sort((a, b) => (buffers[a] as Placeable).from - (buffers[b] as Placeable).from);
  let here: number[] = [];
  for (const index of order) {
    const { from, bytes } = buffers[index] as Placeable;
    const at = offsets[index] as number;
    here = here.filter(other => (buffers[other] as Placeable).to >= from);
    const over = here.find(
      other => at < (offsets[other] as number) + (buffers[other] as Placeable).bytes && (offsets[other] as number) < at + bytes,
    );
    if (over !== undefined) refuse(`The strategy placed buffers ${over} and ${index} over each other in step ${from}.`);
    here.push(index);
  }
}
