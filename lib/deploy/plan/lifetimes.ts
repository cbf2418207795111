import { LabError } from '../../tensor/errors.ts';
import { bytesOf } from '../element-types.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import { overwritable, type ScratchOptions, scratchOf } from './in-place.ts';
import type { Placeable } from './placeable.ts';

/** A piece of memory that holds a tensor, or several that overwrite it one after the other, while a step needs it; or what a step needs for itself. */
export interface ProgramBuffer extends Placeable {
  /** Indices of the tensors that it holds, in order; none for scratch. All begin at its first byte. */
  readonly tensors: readonly number[];
  readonly bytes: number;
  /** The step that writes it first, 0 for an input of the program, and the last one that needs it; outputs are needed behind the last step. */
  readonly from: number;
  readonly to: number;
  /** The step whose scratch it is. */
  readonly scratch?: number;
}

/** A buffer while it is made up. */
interface Held {
  readonly tensors: number[];
  readonly bytes: number;
  readonly from: number;
  to: number;
  shrinks?: { from: number; bytes: number }[];
  readonly scratch?: number;
}

/**
 * The memory that a program needs besides its constants, for one example: what a planner plans with. A step whose op can write over its first input does so
 * when nobody else needs that input: ReLUs, sums, tables, and shapes that are only looked at otherwise; depthwise convolutions where the options say so. Two
 * buffers may share bytes unless their steps meet: what a step reads and what it writes are both there while it runs. TensorFlow Lite Micro, `memory_planner`.
 * @throws LabError `deploy/scratch` for scratch that is no number of bytes.
 */
export function programBuffers(program: Program, options: ScratchOptions = {}): readonly ProgramBuffer[] {
  const { tensors, steps, inputs } = program;
  const last = lastNeeds(program);
  const holding = new Map<number, Held>();
  const buffers: Held[] = [];
  const start = (index: number, from: number): void => {
    const held: Held = { tensors: [index], bytes: bytesOf(tensors[index] as ProgramTensor), from, to: last.get(index) ?? from };
    holding.set(index, held);
    buffers.push(held);
  };
  for (const index of inputs) start(index, 0);
  for (const [number, { outputs }] of steps.entries()) {
    const [output] = outputs as readonly [number];
    const over = holding.get(overwritable(program, number, options) ?? -1);
    const inPlace = over !== undefined && over.to === number;
    if (inPlace) {
      overwrite(over, { index: output, bytes: bytesOf(tensors[output] as ProgramTensor), number });
      over.to = last.get(output) ?? number;
      holding.set(output, over);
    } else start(output, number);
    const scratch = checkedScratch(program, number, scratchOf(program, number, { ...options, inPlace }));
    if (scratch > 0) buffers.push({ tensors: [], bytes: scratch, from: number, to: number, scratch: number });
  }
  return buffers;
}

/** The buffer holds this tensor too, and from the next step on no more than it. */
function overwrite(
  held: Held,
  { index, bytes, number }: { readonly index: number; readonly bytes: number; readonly number: number },
): void {
  held.tensors.push(index);
  if (bytes >= (held.shrinks?.at(-1)?.bytes ?? held.bytes)) return;
  held.shrinks ??= [];
  held.shrinks.push({ from: number + 1, bytes });
}

function checkedScratch({ steps }: Program, number: number, bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  const step = `Step ${number} (${(steps[number] as Step).op})`;
  throw new LabError(
    'deploy/scratch',
    `${step}: scratch is a whole number of bytes from 0 on; got ${bytes}.`,
    'Mend the function `scratch`.',
  );
}

/** The last step that needs each tensor; what leaves the program is needed behind all of them. */
function lastNeeds({ steps, outputs }: Program): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  for (const [number, { inputs }] of steps.entries()) for (const index of inputs) last.set(index, number);
  for (const index of outputs) last.set(index, steps.length);
  return last;
}
