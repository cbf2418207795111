import { bytesOf } from '../element-types.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import { overwritable, type ScratchOptions, scratchOf } from './in-place.ts';

/** What a step needs and gives back, whenever it runs. A set of steps is a bit for each. */
export interface StepMemory {
  /** The steps that must have run before. */
  readonly after: bigint;
  /** Bytes of its output, and whether anybody needs it later. */
  readonly output: number;
  readonly kept: boolean;
  /** What it reads: bytes, and the steps that must all have run before those are free, none where it leaves the program. */
  readonly reads: readonly { readonly bytes: number; readonly readers?: bigint }[];
  /** The steps that must have run for it to write over its first input, and its scratch then. */
  readonly inPlace?: { readonly readers: bigint; readonly scratch: number };
  /** Its scratch with an output of its own. */
  readonly scratch: number;
}

/** The set of one step. */
export const bit = (number: number): bigint => 1n << BigInt(number);

/** What each step needs, apart from any order. */
export function stepMemories(program: Program, options: ScratchOptions): readonly StepMemory[] {
  const { tensors, steps } = program;
  const outputs = new Set(program.outputs);
  const [writers, readers] = [new Map<number, bigint>(), new Map<number, bigint>()];
  for (const [number, step] of steps.entries()) {
    for (const index of step.outputs) writers.set(index, bit(number));
    for (const index of step.inputs) readers.set(index, (readers.get(index) ?? 0n) | bit(number));
  }
  const free = (index: number): { readonly readers?: bigint } => (outputs.has(index) ? {} : { readers: readers.get(index) ?? 0n });
  return steps.map((step, number) => {
    const read = valuesRead(program, step);
    const [output] = step.outputs as readonly [number];
    const over = overwritable(program, number, options);
    const inPlace = over === undefined || outputs.has(over) || tensors[over]?.data ? undefined : (readers.get(over) as bigint);
    return {
      after: read.reduce((set, index) => set | (writers.get(index) ?? 0n), 0n),
      output: bytesOf(tensors[output] as ProgramTensor),
      kept: readers.has(output) || outputs.has(output),
      reads: read.map(index => ({ bytes: bytesOf(tensors[index] as ProgramTensor), ...free(index) })),
      scratch: scratchOf(program, number, { ...options, inPlace: false }),
      ...(inPlace === undefined
        ? {}
        : { inPlace: { readers: inPlace, scratch: scratchOf(program, number, { ...options, inPlace: true }) } }),
    };
  });
}

/** The values that a step reads, each once, constants apart. */
function valuesRead({ tensors }: Program, { inputs }: Step): readonly number[] {
  return [...new Set(inputs)].filter(index => index >= 0 && !tensors[index]?.data);
}

/** Bytes while a step runs and behind it, when so many are there before it and these steps have run. */
export function running(
  memory: StepMemory,
  { done, live, self }: { readonly done: bigint; readonly live: number; readonly self: bigint },
): { readonly most: number; readonly live: number } {
  const { reads, output, kept, inPlace, scratch } = memory;
  const now = done | self;
  const over = inPlace !== undefined && (inPlace.readers & ~now) === 0n;
  const freed = reads.reduce((sum, { bytes, readers }) => sum + (readers !== undefined && (readers & ~now) === 0n ? bytes : 0), 0);
  return { most: live + (over ? inPlace.scratch : output + scratch), live: live - freed + (kept ? output : 0) };
}
