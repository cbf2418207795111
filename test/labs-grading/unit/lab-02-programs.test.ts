import { expect, it } from 'vitest';
import { inspectProgram } from '../../../lib/deploy/inspect-program.ts';
import type { Program, ProgramTensor, Step } from '../../../lib/deploy/program.ts';
import { isAffordable } from '../../../notebooks/02-quantization/networks.ts';

/** An image of the lab and one step after the other, on a value of this shape. */
function chain(shape: readonly number[], steps: readonly Omit<Step, 'inputs' | 'outputs'>[]): Program {
  const tensor = (name: string): ProgramTensor => ({ name, shape, type: 'int8', quantization: { scale: [1], zeroPoint: [0] } });
  return {
    name: 'heavy',
    tensors: [tensor('x'), ...steps.map((_, i) => tensor(`y${i}`))],
    steps: steps.map((step, i) => ({ ...step, inputs: [i], outputs: [i + 1] })),
    inputs: [0],
    outputs: [steps.length],
  };
}

const softmax = { op: 'softmax', attributes: { multiplier: 2 ** 30, shift: 20, differenceMinimum: -255 } };
const step = { multiplier: [2 ** 30], shift: [0], outputZeroPoint: 0, low: -128, high: 127, inputZeroPoint: 0 };

it('Lab 02 does not run a program that would keep the grader busy: a large one, or many steps without a multiply-accumulate', () => {
  expect(isAffordable(chain([1, 28, 28, 1], [softmax]))).toBe(true);
  const many = chain(
    [1, 28, 28, 1],
    Array.from({ length: 2_000 }, () => softmax),
  );
  expect(inspectProgram(many).macs).toBe(0);
  expect(isAffordable(many)).toBe(false);
  expect(
    isAffordable(
      chain(
        [1, 4_000, 4_000],
        [
          { op: 'requantize', attributes: step },
          { op: 'requantize', attributes: step },
        ],
      ),
    ),
  ).toBe(false);
});

it('a program that cannot run at all is an error of its own', () => {
  expect(() => isAffordable({ ...chain([1, 2], [softmax]), outputs: [99] })).toThrow(expect.objectContaining({ code: 'deploy/program' }));
});
