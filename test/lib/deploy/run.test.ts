import { describe, expect, it } from 'vitest';
import type { Elements, Program } from '../../../lib/deploy/program.ts';
import { runProgram } from '../../../lib/deploy/run.ts';
import { randomInputs, randomProgram } from './arbitrary-program.ts';

const one = { multiplier: [2 ** 30], shift: [1], outputZeroPoint: 0, low: -128, high: 127 };

/** Two inputs, two outputs, a value that two steps read, and an input and a constant that leave as they are. */
const joined: Program = {
  name: 'joined',
  tensors: [
    { name: 'a', shape: [1, 2], type: 'int8' },
    { name: 'b', shape: [1, 1], type: 'int16' },
    { name: 'w', shape: [2, 2], type: 'int8', data: Int8Array.of(1, 2, 3, 4) },
    { name: 'y', shape: [1, 2], type: 'int8' },
    { name: 'z', shape: [1, 4], type: 'int8' },
  ],
  steps: [
    { op: 'dense', inputs: [0, 2, -1], outputs: [3], attributes: { inputZeroPoint: 0, weightZeroPoint: [0], ...one } },
    { op: 'concat', inputs: [3, 3], outputs: [4], attributes: { axis: 1 } },
  ],
  inputs: [0, 1],
  outputs: [4, 3, 1, 2],
};

for (const interpreter of ['reference', 'fast'] as const) {
  const run = (program: Program, inputs: readonly Elements[]) => runProgram(program, inputs, { interpreter });

  describe(`running (${interpreter})`, () => {
    it('takes examples one after the other and gives every output', () => {
      const { outputs, count } = run(joined, [Int8Array.of(1, 1, 2, 0), Int16Array.of(300, -300)]);
      expect(count).toBe(2);
      expect(outputs).toEqual([
        Int8Array.of(3, 7, 3, 7, 2, 6, 2, 6),
        Int8Array.of(3, 7, 2, 6),
        Int16Array.of(300, -300),
        Int8Array.of(1, 2, 3, 4, 1, 2, 3, 4),
      ]);
    });

    it('takes no example at all', () => {
      const { outputs, count } = run(joined, [new Int8Array(0), new Int16Array(0)]);
      expect([count, ...outputs.map(({ length }) => length)]).toEqual([0, 0, 0, 0, 0]);
    });

    it('leaves inputs and constants as they are, and gives memory of its own', () => {
      const program = randomProgram(11, ['conv2d', 'add', 'reshape', 'requantize']);
      const inputs = randomInputs(program, { seed: 1, count: 2 });
      const before = structuredClone({ inputs, tensors: program.tensors });
      const first = run(program, inputs).outputs.map(output => output.slice());
      const again = run(program, inputs).outputs;
      expect({ inputs, tensors: program.tensors }).toEqual(before);
      expect(again).toEqual(first);
      const { outputs } = run(joined, [Int8Array.of(1, 1), Int16Array.of(1)]);
      expect(outputs[3]?.buffer).not.toBe(joined.tensors[2]?.data?.buffer);
    });

    it.each([
      ['too few', [Int8Array.of(1, 1)], 'takes 2 inputs; got 1'],
      ['of another type', [Uint8Array.of(1, 1), Int16Array.of(1)], 'Input a holds int8; got Uint8Array'],
      ['half an example', [Int8Array.of(1, 1, 1), Int16Array.of(1)], 'takes 2 elements an example, [1,2]; got 3'],
      ['of other counts', [Int8Array.of(1, 1), Int16Array.of(1, 2)], 'hold 1 and 2 examples'],
    ] as const)('refuses inputs that are %s', (_, inputs, says) => {
      expect(() => run(joined, inputs)).toThrow(expect.objectContaining({ code: 'deploy/input', message: expect.stringContaining(says) }));
    });

    it('refuses numbers that the type has not', () => {
      const x = { shape: [1, 1], type: 'int4' as const };
      const program = {
        name: 'four bits',
        tensors: [
          { name: 'x', ...x },
          { name: 'y', ...x },
        ],
        steps: [{ op: 'reshape', inputs: [0], outputs: [1], attributes: {} }],
        inputs: [0],
        outputs: [1],
      };
      expect(run(program, [Int8Array.of(-8, 7)]).outputs).toEqual([Int8Array.of(-8, 7)]);
      expect(() => run(program, [Int8Array.of(8)])).toThrow(/int4 has not/);
    });

    it('checks a program again once somebody has changed it', () => {
      const steps = [...joined.steps];
      const program = { ...joined, steps };
      expect(run(program, [Int8Array.of(1, 1), Int16Array.of(1)]).count).toBe(1);
      steps.reverse();
      expect(() => run(program, [Int8Array.of(1, 1), Int16Array.of(1)])).toThrow(/which nothing has written/);
    });
  });
}
