import { describe, expect, it } from 'vitest';
import { emitC } from '../../../../lib/deploy/emit-c/emit-c.ts';
import { readTflite } from '../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { casesOf, fileOf, networks, thereAreNetworks } from '../formats/tflite/networks.ts';
import { hasCompiler, runOnHost } from './host.ts';

describe.skipIf(!thereAreNetworks || !hasCompiler)('C of networks of others (skipped without ../shared/golden/tflite or gcc)', () => {
  it.each(networks)("%s gives what LiteRT's reference kernels gave, in every byte", name => {
    const program = readTflite(fileOf(name));
    const cases = casesOf(name);
    const outputs = runOnHost(program, { source: emitC(program), examples: cases.map(({ inputs }) => inputs) });
    expect(outputs).toEqual(cases.map(({ reference }) => reference));
  });

  it('dense layers that round twice, as on microcontrollers', () => {
    const program = readTflite(fileOf('ad01-int8'), { kernels: 'micro' });
    const examples = casesOf('ad01-int8').map(({ inputs }) => inputs);
    expect(runOnHost(program, { source: emitC(program), examples })).toEqual(examples.map(inputs => runProgram(program, inputs).outputs));
  });
});
