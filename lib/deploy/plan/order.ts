import { LabError } from '../../tensor/errors.ts';
import { bytesOf } from '../element-types.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import type { ScratchOptions } from './in-place.ts';
import { peakBytes } from './plan.ts';
import { bit, running, type StepMemory, stepMemories } from './step-memory.ts';

/** How orders are searched. */
export interface ReorderOptions extends ScratchOptions {
  /** Up to so many steps every order is looked at, 24 at most; longer programs follow the best 500 sets of steps of each length. Default 20. */
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

/** How many sets of one length are followed where not all are. */
const beam = 500;

/** A set of steps that have run: the lowest peak on a way to it, what is there behind it, and the way. */
interface Reached {
  readonly done: bigint;
  readonly peak: number;
  readonly live: number;
  readonly number: number;
  readonly before?: Reached;
}

/**
 * The steps in the order that needs the fewest bytes at one time. What is there behind a set of steps does not depend on their order, so the best way to each set
 * follows from those to the sets with one step less: dynamic programming over sets. A program that cannot be better is given back as it is, chains always. Liberis
 * and Lane 2019.
 * @throws LabError `deploy/order` for an `exactUpTo` that is no number of steps; `deploy/scratch`.
 */
export function reorderSteps(program: Program, options: ReorderOptions = {}): ReorderedProgram {
  const { exactUpTo = 20, ...needs } = options;
  if (!Number.isInteger(exactUpTo) || exactUpTo < 0 || exactUpTo > 24)
    throw new LabError('deploy/order', `Orders of 0 to 24 steps can be looked at completely; got ${exactUpTo}.`, 'Leave it out for 20.');
  const memories = stepMemories(program, needs);
  const peak = peakBytes(program, needs);
  const width = program.steps.length <= exactUpTo ? Number.POSITIVE_INFINITY : beam;
  if (peak <= leastNeed(memories)) return { program, peak, optimal: true };
  const { best, complete } = search(program, memories, { below: peak, width });
  if (!best) return { program, peak, optimal: complete };
  const steps = Object.freeze(wayTo(best).map(number => program.steps[number] as Step));
  return { program: Object.freeze({ ...program, steps }), peak: best.peak, optimal: complete };
}

/** What one step at least needs: no order has a lower peak. */
function leastNeed(memories: readonly StepMemory[]): number {
  const needs = memories.map(({ reads, output, scratch, inPlace }) => {
    const read = reads.reduce((sum, { bytes }) => sum + bytes, 0);
    return read + Math.min(output + scratch, inPlace?.scratch ?? Number.POSITIVE_INFINITY);
  });
  return needs.reduce((most, need) => Math.max(most, need), 0);
}

interface Search {
  /** Ways that reach this peak are given up. */
  readonly below: number;
  readonly width: number;
}

/** The best way through all steps below a peak, if there is one, and whether all were looked at. */
function search(
  program: Program,
  memories: readonly StepMemory[],
  { below, width }: Search,
): { readonly best?: Reached; readonly complete: boolean } {
  const { live, first } = atStart(program);
  let level: readonly Reached[] = [{ done: 0n, peak: live + first, live, number: -1 }];
  let complete = true;
  for (let length = 0; length < memories.length; length++) {
    const next = new Map<bigint, Reached>();
    for (const reached of level)
      for (const way of continued(reached, memories, length === 0 ? first : 0)) {
        if (way.peak >= below) continue;
        const known = next.get(way.done);
        if (!known || way.peak < known.peak) next.set(way.done, way);
      }
    level = [...next.values()];
    if (level.length > width) {
      complete = false;
      level = [...level].sort((a, b) => a.peak - b.peak || a.live - b.live).slice(0, width);
    }
  }
  return { best: level[0], complete };
}

/** Bytes of the inputs that somebody reads or that leave the program, and of the others, which are there in the first step only. */
function atStart({ tensors, inputs, outputs, steps }: Program): { readonly live: number; readonly first: number } {
  const needed = new Set([...outputs, ...steps.flatMap(step => step.inputs)]);
  let [live, first] = [0, 0];
  for (const index of inputs) {
    const bytes = bytesOf(tensors[index] as ProgramTensor);
    if (needed.has(index)) live += bytes;
    else first += bytes;
  }
  return { live, first };
}

/** Every step that may run next. */
function* continued(reached: Reached, memories: readonly StepMemory[], beside: number): Generator<Reached> {
  const { done, live } = reached;
  for (const [number, memory] of memories.entries()) {
    const self = bit(number);
    if ((done & self) !== 0n || (memory.after & ~done) !== 0n) continue;
    const { most, live: behind } = running(memory, { done, live, self });
    yield { done: done | self, peak: Math.max(reached.peak, most + beside), live: behind, number, before: reached };
  }
}

function wayTo(reached: Reached): readonly number[] {
  const way: number[] = [];
  for (let at: Reached | undefined = reached; at && at.number >= 0; at = at.before) way.push(at.number);
  return way.reverse();
}
