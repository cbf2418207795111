import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProgram } from '../../../lib/deploy/check-program.ts';
import { holds } from '../../../lib/deploy/element-types.ts';
import type { ProgramTensor } from '../../../lib/deploy/program.ts';
import { runProgram } from '../../../lib/deploy/run.ts';
import { sizeOf } from '../../../lib/tensor/shape.ts';
import { arbitraryProgram, arbitraryStep, opNames, type ProgramCase, randomInputs, randomProgram } from './arbitrary-program.ts';

/** Outputs have their sizes and hold nothing that their types have not; examples do not know each other. */
function assertRuns({ program, inputs, count }: ProgramCase): void {
  assertProgram(program);
  const { outputs } = runProgram(program, inputs);
  for (const [i, index] of program.outputs.entries()) {
    const { type, shape } = program.tensors[index] as ProgramTensor;
    expect(outputs[i]).toHaveLength(sizeOf(shape) * count);
    expect(holds(type, outputs[i] as Int8Array)).toBe(true);
  }
  const sizes = program.inputs.map(index => sizeOf((program.tensors[index] as ProgramTensor).shape));
  const last = runProgram(
    program,
    inputs.map((input, i) => input.slice((count - 1) * (sizes[i] as number)) as Int8Array),
  );
  for (const [i, output] of last.outputs.entries()) expect(output).toEqual(outputs[i]?.slice((count - 1) * output.length));
}

describe('random programs', () => {
  for (const op of opNames)
    it(`run: one ${op}`, () => {
      fc.assert(fc.property(arbitraryStep(op), assertRuns), { numRuns: 60 });
    });

  it('run: several steps', () => {
    fc.assert(fc.property(arbitraryProgram, assertRuns), { numRuns: 150 });
  });

  it('are the same for the same seed', () => {
    const program = randomProgram(3, opNames);
    expect(randomProgram(3, opNames)).toEqual(program);
    expect(randomInputs(program, { seed: 4 })).toEqual(randomInputs(program, { seed: 4 }));
    expect(program.steps).toHaveLength(opNames.length);
  });
});
