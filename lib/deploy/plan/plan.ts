import { LabError } from '../../tensor/errors.ts';
import type { Program } from '../program.ts';
import type { ScratchOptions } from './in-place.ts';
import { type ProgramBuffer, programBuffers } from './lifetimes.ts';
import { apart, bytesBelow, mostAtOnce, type Placeable } from './placeable.ts';
import { greedyBySize, type Placement, type PlanStrategy } from './strategies.ts';

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
  /** Whether it is known that no plan of these buffers has fewer bytes: it has as many as the lower bound, or its strategy has proved it. */
  readonly optimal: boolean;
}

/** How an arena is laid out. */
export interface PlanOptions extends ScratchOptions {
  /** Default `greedyBySize`. */
  readonly strategy?: PlanStrategy;
  /** Every buffer begins at a multiple of so many bytes; default 16, as in TensorFlow Lite Micro. */
  readonly alignment?: number;
}

/**
 * Lays out the memory of a program, for one example and without its constants: buffers that meet in a step never share a byte.
 * @throws LabError `deploy/alignment`; `deploy/scratch`; `deploy/plan` for a strategy whose places overlap.
 * @example
 * const [x, y] = [{ name: 'x', shape: [1, 24], type: 'int8' }, { name: 'y', shape: [1, 12], type: 'int8' }];
 * const step = { op: 'max-pool', inputs: [0], outputs: [1], attributes: {} };
 * planMemory({ name: 'net', tensors: [x, y], steps: [step], inputs: [0], outputs: [1] }).bytes; // → 48
 */
export function planMemory(program: Program, options: PlanOptions = {}): MemoryPlan {
  const { strategy = greedyBySize, alignment = 16, ...needs } = options;
  if (!Number.isSafeInteger(alignment) || alignment < 1)
    throw new LabError('deploy/alignment', `An alignment is a whole number of bytes from 1 on; got ${alignment}.`, 'Leave it out for 16.');
  const buffers = programBuffers(program, needs);
  const reserved = buffers.map(buffer => aligned(buffer, alignment));
  const { offsets, optimal } = placementOf(strategy(reserved));
  assertPlaces(reserved, offsets, alignment);
  const bytes = reserved.reduce((most, buffer, i) => Math.max(most, (offsets[i] as number) + buffer.bytes), 0);
  const lowerBound = mostAtOnce(reserved);
  return {
    buffers: buffers.map((buffer, i) => ({ ...buffer, offset: offsets[i] as number })),
    bytes,
    lowerBound,
    optimal: optimal || bytes === lowerBound,
  };
}

const placementOf = (placed: readonly number[] | Placement): Placement =>
  'offsets' in placed ? placed : { offsets: placed, optimal: false };

/** The bytes that are reserved for a buffer. */
function aligned({ bytes, from, to, shrinks }: Placeable, alignment: number): Placeable {
  const up = (size: number): number => Math.ceil(size / alignment) * alignment;
  const whole = { bytes: up(bytes), from, to };
  return shrinks ? { ...whole, shrinks: shrinks.map(size => ({ from: size.from, bytes: up(size.bytes) })) } : whole;
}

/**
 * The most bytes of values, and of scratch, that a program needs at one time, its constants apart: what no memory plan can go below when nothing is aligned.
 * @throws LabError `deploy/scratch`.
 */
export function peakBytes(program: Program, options: ScratchOptions = {}): number {
  return mostAtOnce(programBuffers(program, options));
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
    const buffer = buffers[index] as Placeable;
    here = here.filter(other => (buffers[other] as Placeable).to >= buffer.from);
    const over = here.find(other => overlap([buffers[other] as Placeable, offsets[other] as number], [buffer, offsets[index] as number]));
    if (over !== undefined) refuse(`The strategy placed buffers ${over} and ${index} over each other in step ${buffer.from}.`);
    here.push(index);
  }
}

type Placed = readonly [buffer: Placeable, at: number];

/** Whether two buffers share a byte in the first step in which both are there, and so in any: they only shrink. */
const overlap = ([a, at]: Placed, [b, other]: Placed): boolean =>
  apart(a, b) && at < other + bytesBelow(b, a) && other < at + bytesBelow(a, b);
