import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOnnx } from '../../../../../lib/deploy/formats/onnx/read-onnx.ts';
import { writeOnnx } from '../../../../../lib/deploy/formats/onnx/write-onnx.ts';
import { lowerModel } from '../../../../../lib/deploy/lower/lower.ts';
import { inputsOf } from '../../../../../lib/model/model.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { numbers, quantized, randomNet, type Setting } from '../../quantized-nets.ts';
import { byName } from './same-program.ts';

const settings: readonly Setting[] = [
  {},
  { activations: { bits: 8, signed: false } },
  { weights: { bits: 4, symmetric: true }, activations: { bits: 6 } },
  { weights: { bits: 8 } },
];

test('what writeOnnx wrote readOnnx reads as the same program', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.constantFrom(...settings), fc.constantFrom('qdq', 'qlinear'), (seed, setting, form) => {
      const rng = random(seed);
      const float = randomNet(rng);
      const inputs = inputsOf(float).map(({ shape }) => numbers([2, ...shape], rng));
      const program = lowerModel(quantized(float, inputs, setting));
      const wide = (tensors: typeof program.tensors) =>
        tensors.map(t => (t.type === 'int4' && form === 'qlinear' ? { ...t, type: 'int8' as const } : t));
      const bytes = writeOnnx(program, { form: form as 'qdq' });
      expect(byName(readOnnx(bytes))).toEqual(byName({ ...program, tensors: wide(program.tensors) }));
    }),
    { numRuns: 60 },
  );
});
