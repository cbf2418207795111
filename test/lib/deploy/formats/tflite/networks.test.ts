import { describe, expect, it } from 'vitest';
import { readTflite } from '../../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { bytesOf, casesOf, fileOf, networks, thereAreNetworks } from './networks.ts';

describe.skipIf(!thereAreNetworks)('networks of others (skipped without ../shared/golden/tflite)', () => {
  for (const name of networks)
    it(`${name} gives what LiteRT's reference kernels gave, in every byte`, () => {
      const program = readTflite(fileOf(name));
      const cases = casesOf(name);
      expect(cases).toHaveLength(12);
      for (const { inputs, reference } of cases) {
        for (const interpreter of ['reference', 'fast'] as const) {
          const { outputs, count } = runProgram(program, inputs, { interpreter });
          expect(count).toBe(1);
          expect(outputs.map(bytesOf), interpreter).toEqual(reference.map(bytesOf));
        }
      }
    });

  it('dense layers of microcontrollers round twice, so that some results differ by a step', () => {
    const [litert, micro] = (['litert', 'micro'] as const).map(kernels => readTflite(fileOf('ad01-int8'), { kernels }));
    const [first] = casesOf('ad01-int8');
    const [a, b] = [litert, micro].map(program => runProgram(program as never, first?.inputs ?? []).outputs[0] as Int8Array);
    expect(a).not.toEqual(b);
    for (const step of micro?.steps ?? []) expect(step.attributes).not.toHaveProperty('factor');
  });
});
