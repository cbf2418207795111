import { LabError } from '../tensor/errors.ts';
import { sizeOf } from '../tensor/shape.ts';
import { assertProgram, whereOf } from './check-program.ts';
import { zerosOf } from './element-types.ts';
import { countOf } from './examples.ts';
import { type FastOptions, type ProgramResult, prepareProgram } from './fast/run.ts';
import { integerOpOf } from './integer/index.ts';
import type { Value } from './integer/op.ts';
import type { Elements, Program, ProgramTensor } from './program.ts';

/** Which interpreter runs, and how. */
export interface RunOptions extends FastOptions {
  /** `reference`: each step is the loop that defines it. `fast`, the default, gives the same bytes sooner. */
  readonly interpreter?: 'reference' | 'fast';
}

/**
 * Runs a program on the stored integers of its inputs, `count` examples one after the other in each array. Whoever runs a program often prepares it once:
 * `prepareProgram`.
 * @throws LabError `deploy/input` for inputs that are not as many, not of the type or not whole examples; `deploy/interpreter`, `deploy/threads`; the errors of `assertProgram`.
 */
export function runProgram(
  program: Program,
  inputs: readonly Elements[],
  { interpreter = 'fast', ...options }: RunOptions = {},
): ProgramResult {
  if (interpreter !== 'fast' && interpreter !== 'reference')
    throw new LabError('deploy/interpreter', `There is no interpreter ${JSON.stringify(interpreter)}.`, "Say 'fast' or 'reference'.");
  if (interpreter === 'fast') return prepareProgram(program, options).run(inputs);
  // each time, since nothing holds a caller from changing what was checked before
  assertProgram(program);
  const count = countOf(program, inputs);
  const outputs = program.outputs.map(index => {
    const { type, shape } = program.tensors[index] as ProgramTensor;
    return zerosOf(type, sizeOf(shape) * count);
  });
  for (let n = 0; n < count; n++) {
    const values = runOnce(
      program,
      inputs.map((input, i) => example(program, { input, at: n, index: program.inputs[i] as number })),
    );
    for (const [i, index] of program.outputs.entries()) {
      const { data } = values[index] as Value;
      (outputs[i] as Int8Array).set(data as Int8Array, n * data.length);
    }
  }
  return { outputs, count };
}

/** The elements of one example, without a copy. */
function example(
  { tensors }: Program,
  { input, at, index }: { readonly input: Elements; readonly at: number; readonly index: number },
): Elements {
  const size = sizeOf((tensors[index] as ProgramTensor).shape);
  return input.subarray(at * size, (at + 1) * size);
}

/** All values of a run. Those that nothing needs any more are let go. */
function runOnce(program: Program, inputs: readonly Elements[]): readonly (Value | undefined)[] {
  const values: (Value | undefined)[] = program.tensors.map(({ shape, type, data }) => (data ? { shape, type, data } : undefined));
  for (const [i, index] of program.inputs.entries())
    values[index] = { ...(program.tensors[index] as ProgramTensor), data: inputs[i] as Elements };
  const last = lastUses(program);
  for (const [number, step] of program.steps.entries()) {
    for (const index of step.outputs) {
      const { shape, type } = program.tensors[index] as ProgramTensor;
      values[index] = { shape, type, data: zerosOf(type, sizeOf(shape)) };
    }
    integerOpOf(step.op).run({
      inputs: step.inputs.map(index => values[index]),
      outputs: step.outputs.map(index => values[index] as Value),
      attributes: step.attributes,
      where: whereOf(program, step, number),
    });
    for (const index of step.inputs) if (index >= 0 && last.get(index) === number) values[index] = undefined;
  }
  return values;
}

/** The last step that reads each tensor that is no output of the program. */
function lastUses({ steps, outputs, tensors }: Program): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  for (const [number, { inputs }] of steps.entries()) for (const index of inputs) if (!tensors[index]?.data) last.set(index, number);
  for (const index of outputs) last.delete(index);
  return last;
}
