import { availableParallelism } from 'node:os';
import { LabError } from '../../tensor/errors.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { assertProgram } from '../check-program.ts';
import { bytesOf, zerosOf } from '../element-types.ts';
import { countOf } from '../examples.ts';
import type { Elements, Program, ProgramTensor } from '../program.ts';
import { withoutPads } from './pads.ts';
import { type Prepared, prepare } from './prepare.ts';

/** How the fast interpreter runs: what comes out is the same. */
export interface FastOptions {
  /** Threads of the kernels in C++, 1 … 64; all cores by default, at most 8. */
  readonly threads?: number;
  /** Whether the kernels in C++ may run where they are built; default true. Without them convolutions run as exact float32 ones. */
  readonly native?: boolean;
}

/** Elements of one tensor for a number of examples, one after the other. */
export interface ProgramResult {
  /** Elements of each output, in the program's order, all examples one after the other. */
  readonly outputs: readonly Elements[];
  /** Examples that were run. */
  readonly count: number;
}

/** A program as it was when it was prepared, made ready to run often. */
export interface PreparedProgram {
  /**
   * Runs the program on the stored integers of its inputs, `count` examples one after the other in each array.
   * @throws LabError `deploy/input`.
   */
  run(inputs: readonly Elements[]): ProgramResult;
}

/** Bytes of what a step reads and writes that still lie in a core's own cache. */
const cached = 2 ** 19;
const mostAtOnce = 64;
const mostThreads = 64;
/** Bound runs that are kept: of the usual count, of a rest, of single examples. */
const mostBound = 4;

/**
 * Makes a program ready: weights are packed once, several examples run at once in arrays that are used again, and steps whose arithmetic allows it run in
 * C++, or where that is missing as convolutions of TensorFlow whose sums are exact. It gives the same bytes as the reference interpreter. What is changed in
 * the program afterwards does not count.
 * @throws LabError `deploy/program`, `deploy/step`, `deploy/op`, `model/attribute`, `deploy/limit`: what `assertProgram` refuses; `deploy/threads`.
 */
export function prepareProgram(
  program: Program,
  { threads = Math.min(8, availableParallelism()), native = true }: FastOptions = {},
): PreparedProgram {
  assertProgram(program);
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)
    throw new LabError(
      'deploy/threads',
      `threads must be a whole number from 1 to ${mostThreads}; got ${threads}.`,
      'Leave it out: all cores then.',
    );
  const own = withoutPads(structuredClone(program));
  const steps = new Map<string, unknown>();
  const bound = new Map<number, Prepared>();
  const most = atOnce(own);
  const boundTo = (count: number): Prepared => {
    const known = bound.get(count);
    if (known) return known;
    if (bound.size >= mostBound) bound.delete(bound.keys().next().value as number);
    const made = prepare(own, { count, threads, native, kept: steps });
    bound.set(count, made);
    return made;
  };
  return {
    run(inputs) {
      const count = countOf(own, inputs);
      const outputs = own.outputs.map(index => {
        const { type, shape } = own.tensors[index] as ProgramTensor;
        return zerosOf(type, sizeOf(shape) * count);
      });
      for (let from = 0; from < count; from += most) {
        const some = Math.min(most, count - from);
        runSome(boundTo(some), { inputs, outputs, from, some });
      }
      return { outputs, count };
    },
  };
}

interface Some {
  readonly inputs: readonly Elements[];
  readonly outputs: readonly Elements[];
  /** The first example, and how many. */
  readonly from: number;
  readonly some: number;
}

function runSome(prepared: Prepared, { inputs, outputs, from, some }: Some): void {
  for (const [i, data] of prepared.inputs.entries()) {
    const size = data.length / some;
    (data as Int8Array).set((inputs[i] as Int8Array).subarray(from * size, (from + some) * size));
  }
  prepared.run();
  for (const [i, { data, constant }] of prepared.outputs.entries()) {
    const to = outputs[i] as Int8Array;
    const size = constant ? data.length : data.length / some;
    for (let n = 0; n < (constant ? some : 1); n++) to.set(data as Int8Array, (from + n) * size);
  }
}

/** So many examples that the largest step's values stay in the cache. */
function atOnce({ tensors, steps }: Program): number {
  const bytes = (index: number): number => {
    const tensor = tensors[index];
    return tensor && !tensor.data ? bytesOf(tensor) : 0;
  };
  const largest = Math.max(1, ...steps.map(({ inputs, outputs }) => [...inputs, ...outputs].reduce((sum, index) => sum + bytes(index), 0)));
  return Math.max(1, Math.min(mostAtOnce, Math.floor(cached / largest)));
}
