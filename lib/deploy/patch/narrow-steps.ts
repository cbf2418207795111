import { bytesOf } from '../element-types.ts';
import type { Program, ProgramTensor } from '../program.ts';
import { patchableSteps } from './stage.ts';

/**
 * Where a stage of patches may well end, as numbers of first steps: one value leaves it, which is smaller than what leaves it a step before (or comes in) and no larger than
 * what leaves it a step behind. Between two inverted residuals, for one.
 */
export function narrowSteps(program: Program): readonly number[] {
  const most = patchableSteps(program);
  const taken = program.inputs.reduce((sum, index) => sum + bytesOf(program.tensors[index] as ProgramTensor), 0);
  const leaving = leavingBytes(program, most);
  return leaving.flatMap(({ bytes, count }, i) => {
    const [before, behind] = [leaving[i - 1]?.bytes ?? taken, leaving[i + 1]?.bytes ?? Number.POSITIVE_INFINITY];
    return count === 1 && bytes < before && bytes <= behind ? [i + 1] : [];
  });
}

/** Bytes and number of the values that leave the first 1, 2 … steps. */
function leavingBytes({ tensors, steps, outputs }: Program, most: number): readonly { readonly bytes: number; readonly count: number }[] {
  const last = new Map<number, number>();
  for (const [number, { inputs }] of steps.entries()) for (const index of inputs) last.set(index, number);
  for (const index of outputs) last.set(index, steps.length);
  const written = steps.slice(0, most).map(step => step.outputs[0] as number);
  return written.map((_, number) => {
    const there = written.slice(0, number + 1).filter(index => (last.get(index) ?? 0) > number);
    return { bytes: there.reduce((sum, index) => sum + bytesOf(tensors[index] as ProgramTensor), 0), count: there.length };
  });
}
