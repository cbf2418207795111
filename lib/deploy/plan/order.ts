import { LabError } from '../../tensor/errors.ts';
import { bytesOf } from '../element-types.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import type { ScratchOptions } from './in-place.ts';
import { OrderSearch, type Start } from './order-search.ts';
import { peakBytes } from './plan.ts';
import { type StepMemory, stepMemories } from './step-memory.ts';

/** How orders are searched. */
export interface ReorderOptions extends ScratchOptions {
  /** Up to so many steps the search is complete, 24 at most; in longer programs it ends at 50,000 sets of steps, and beyond 2,000 steps there is none. Default 20. */
  readonly exactUpTo?: number;
}

/** A program whose steps run in another order. */
export interface ReorderedProgram {
  readonly program: Program;
  /** `peakBytes` of it. */
  readonly peak: number;
  /** Whether no order has a lower peak. */
  readonly optimal: boolean;
}

/** How many sets of steps are looked at in programs that are too long to look at all. */
const someSets = 50_000;

/** Programs with more steps keep their order. */
const mostSteps = 2000;

/**
 * The steps in the order that needs the fewest bytes at one time. What is there behind a set of steps does not depend on their order, so that sets are looked at, each
 * once. A program that cannot be better is given back as it is, chains always. Liberis and Lane 2019.
 * @throws LabError `deploy/order` for an `exactUpTo` that is no number of steps; `deploy/scratch`.
 */
export function reorderSteps(program: Program, options: ReorderOptions = {}): ReorderedProgram {
  const { exactUpTo = 20, ...needs } = options;
  if (!Number.isInteger(exactUpTo) || exactUpTo < 0 || exactUpTo > 24)
    throw new LabError('deploy/order', `Orders of 0 to 24 steps can be looked at completely; got ${exactUpTo}.`, 'Leave it out for 20.');
  const peak = peakBytes(program, needs);
  if (program.steps.length > mostSteps) return { program, peak, optimal: false };
  const memories = stepMemories(program, needs);
  const sets = program.steps.length <= exactUpTo ? Number.POSITIVE_INFINITY : someSets;
  const { way, complete } = new OrderSearch(memories, atStart(program)).below(peak, { least: leastNeed(memories), sets });
  if (!way) return { program, peak, optimal: complete };
  const better = Object.freeze({ ...program, steps: Object.freeze(way.map(number => program.steps[number] as Step)) });
  return { program: better, peak: peakBytes(better, needs), optimal: complete };
}

/** What one step at least needs: no order has a lower peak. */
function leastNeed(memories: readonly StepMemory[]): number {
  const needs = memories.map(({ reads, output, scratch, inPlace }) => {
    const read = reads.reduce((sum, { bytes }) => sum + bytes, 0);
    return read + Math.min(output + scratch, inPlace?.scratch ?? Number.POSITIVE_INFINITY);
  });
  return needs.reduce((most, need) => Math.max(most, need), 0);
}

/** Bytes of the inputs that somebody reads or that leave the program, and of the others, which are there in the first step only. */
function atStart({ tensors, inputs, outputs, steps }: Program): Start {
  const needed = new Set([...outputs, ...steps.flatMap(step => step.inputs)]);
  let [live, beside] = [0, 0];
  for (const index of inputs) {
    const bytes = bytesOf(tensors[index] as ProgramTensor);
    if (needed.has(index)) live += bytes;
    else beside += bytes;
  }
  return { live, beside };
}
