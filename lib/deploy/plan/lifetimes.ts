import { bytesOf } from '../element-types.ts';
import { integerOpOf } from '../integer/index.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';

/** A piece of memory that holds a tensor, or several that overwrite it one after the other, while a step needs it. */
export interface ProgramBuffer {
  /** Indices of the tensors that it holds, in order. */
  readonly tensors: readonly number[];
  readonly bytes: number;
  /** The step that writes it first, 0 for an input of the program, and the last one that needs it; outputs are needed behind the last step. */
  readonly from: number;
  readonly to: number;
}

/**
 * The memory that a program needs besides its constants, for one example: what a planner plans with. A step whose op can write over its first input does so
 * when nobody else needs that input: ReLUs, sums, tables, and shapes that are only looked at otherwise. Two buffers may share bytes unless their steps meet:
 * what a step reads and what it writes are both there while it runs. TensorFlow Lite Micro, `memory_planner`.
 */
export function programBuffers(program: Program): readonly ProgramBuffer[] {
  const { tensors, steps, inputs } = program;
  const last = lastNeeds(program);
  const holding = new Map<number, { tensors: number[]; bytes: number; from: number; to: number }>();
  const start = (index: number, from: number): void => {
    const bytes = bytesOf(tensors[index] as ProgramTensor);
    holding.set(index, { tensors: [index], bytes, from, to: last.get(index) ?? from });
  };
  for (const index of inputs) start(index, 0);
  for (const [number, step] of steps.entries()) {
    const [output] = step.outputs as readonly [number];
    const over = holding.get(overwritten(step) ?? -1);
    if (over && over.to === number && over.bytes === bytesOf(tensors[output] as ProgramTensor)) {
      over.tensors.push(output);
      over.to = last.get(output) ?? number;
      holding.set(output, over);
    } else start(output, number);
  }
  return [...new Set(holding.values())];
}

/** The input that a step could write over: the first, when it reads it once. */
function overwritten({ op, inputs }: Step): number | undefined {
  const [first] = inputs;
  return integerOpOf(op).inPlace && inputs.indexOf(first as number, 1) < 0 ? first : undefined;
}

/** The last step that needs each tensor; what leaves the program is needed behind all of them. */
function lastNeeds({ steps, outputs }: Program): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  for (const [number, { inputs }] of steps.entries()) for (const index of inputs) last.set(index, number);
  for (const index of outputs) last.set(index, steps.length);
  return last;
}
