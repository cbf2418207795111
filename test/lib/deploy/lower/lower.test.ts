import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowerModel } from '../../../../lib/deploy/lower/lower.ts';
import type { ProgramTensor } from '../../../../lib/deploy/program.ts';
import { dequantizeOutput, quantizeInput } from '../../../../lib/deploy/real-values.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { inputsOf } from '../../../../lib/model/model.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { numbers, quantized, randomNet, type Setting, valuesOfAll } from '../quantized-nets.ts';
import { type StepError, stepErrors } from './step-by-step.ts';

const settings: readonly Setting[] = [
  {},
  { activations: { bits: 8, signed: false } },
  { weights: { bits: 8 } },
  { weights: { bits: 4, symmetric: true }, activations: { bits: 6 } },
  { weights: { bits: 2, symmetric: true }, activations: { bits: 4 } },
  { weights: { bits: 8, signed: false } },
];

const seeds = fc.integer({ min: 0, max: 1_000_000 });

test('every step of a random net gives the integer of the rounded model or its neighbour', () => {
  const found: StepError[] = [];
  fc.assert(
    fc.property(seeds, fc.constantFrom(...settings), (seed, setting) => {
      const rng = random(seed);
      const float = randomNet(rng);
      const inputs = inputsOf(float).map(({ shape }) => numbers([3, ...shape], rng));
      const model = quantized(float, inputs, setting);
      const values = valuesOfAll(model, inputs);
      const errors = stepErrors(lowerModel(model), values, 1);
      for (const error of errors) expect(error.largest, `${error.op} ${error.name}`).toBeLessThan(1.02);
      if ((setting.weights?.bits ?? 8) === 8) found.push(...errors);
    }),
    { numRuns: 60 },
  );
  const [count, differing] = [found.reduce((sum, e) => sum + e.count, 0), found.reduce((sum, e) => sum + e.differing, 0)];
  expect(count).toBeGreaterThan(5_000);
  // with fewer bits a step of the bias is worth more of the output's: there only the neighbour is promised
  expect(differing / count).toBeLessThan(0.01);
});

test('a whole net of integers gives what the rounded model gives, within two steps, and nearly always the same', () => {
  let [count, differing] = [0, 0];
  for (let seed = 0; seed < 40; seed++) {
    const rng = random(seed);
    const float = randomNet(rng);
    const inputs = inputsOf(float).map(({ shape }) => numbers([4, ...shape], rng));
    const model = quantized(float, inputs);
    const program = lowerModel(model);
    const { outputs } = runProgram(program, [quantizeInput(program, inputs[0] as never)]);
    const [step = 1] = (program.tensors[program.outputs[0] as number] as ProgramTensor).quantization?.scale ?? [];
    const real = dequantizeOutput(program, outputs[0] as Int8Array).data;
    const expected = valuesOfAll(model, inputs)[model.output] as Float32Array;
    for (const [i, y] of expected.entries()) {
      const off = Math.abs(y - (real[i] as number)) / step;
      expect(off, `seed ${seed}`).toBeLessThan(2.01);
      count++;
      if (off > 0.01) differing++;
    }
  }
  expect(count).toBeGreaterThan(500);
  expect(differing / count).toBeLessThan(0.1);
});

test('activations of 9 to 16 bits go with sums of 64 bits', () => {
  for (const bits of [9, 12, 16])
    for (let seed = 0; seed < 10; seed++) {
      const rng = random(seed);
      const float = randomNet(rng);
      if (float.nodes.some(({ op }) => ['sigmoid', 'tanh', 'swish', 'hard-swish', 'leaky-relu', 'mul'].includes(op))) continue;
      const inputs = inputsOf(float).map(({ shape }) => numbers([2, ...shape], rng));
      const model = quantized(float, inputs, { activations: { bits } });
      // the multiplier of a 64-bit sum has 16 bits: it errs by up to 2^-16 of the value
      for (const { largest, op, name } of stepErrors(lowerModel(model), valuesOfAll(model, inputs), 0))
        expect(largest, `${bits} bits, ${op} ${name}`).toBeLessThan(bits === 16 ? 3 : 1.02);
    }
});
