import type { Program, ProgramTensor } from '../program.ts';
import type { ScratchOptions } from './in-place.ts';
import { programBuffers } from './lifetimes.ts';
import { bytesIn } from './placeable.ts';

/** What is in memory while one step runs. */
export interface StepBytes {
  /** Name of the tensor that it writes. */
  readonly name: string;
  readonly op: string;
  /** Bytes of what it reads, of what it writes where that does not lie over what it reads, of its scratch, and of what only later steps need. */
  readonly inputs: number;
  readonly output: number;
  readonly scratch: number;
  readonly others: number;
  /** All together. */
  readonly bytes: number;
}

/**
 * What a program has in memory step by step: where its peak comes from, layer by layer. The largest `bytes` is `peakBytes`.
 * @throws LabError `deploy/scratch`.
 * @example
 * const program = deploy.outlineProgram(network('net', [8, 8, 3]).conv2d(4, 3, { padding: 1 }).globalAveragePool().dense(2).graph());
 * plot.bar(deploy.memoryByStep(program).map(({ name, bytes }) => [name, bytes]), { y: { unit: 'bytes' } });
 * deploy.memoryByStep(program).map(({ inputs, output, bytes }) => [inputs, output, bytes]); // → [[192, 256, 448], [256, 4, 260], [4, 2, 6]]
 */
export function memoryByStep(program: Program, options: ScratchOptions = {}): readonly StepBytes[] {
  const buffers = programBuffers(program, options);
  return program.steps.map(({ op, inputs, outputs }, step) => {
    const sums = { inputs: 0, output: 0, scratch: 0, others: 0 };
    for (const buffer of buffers) {
      if (step < buffer.from || buffer.to < step) continue;
      const holds = (indices: readonly number[]): boolean => indices.some(index => buffer.tensors.includes(index));
      const kind = buffer.scratch === step ? 'scratch' : holds(inputs) ? 'inputs' : holds(outputs) ? 'output' : 'others';
      sums[kind] += bytesIn(buffer, step);
    }
    const { name } = program.tensors[outputs[0] as number] as ProgramTensor;
    return { name, op, ...sums, bytes: sums.inputs + sums.output + sums.scratch + sums.others };
  });
}
