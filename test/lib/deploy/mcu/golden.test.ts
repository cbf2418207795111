import { describe, expect, it } from 'vitest';
import { readTflite } from '../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { runOnMcu } from '../../../../lib/deploy/mcu/run.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import type { Elements } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { casesOf, fileOf, networks, thereAreNetworks } from '../formats/tflite/networks.ts';

const tools = await mcuTools().catch(() => undefined);

/** The cases' values, one array for each input or output. */
function joined(all: readonly (readonly Elements[])[]): Elements[] {
  return (all[0] as readonly Elements[]).map((first, i) => {
    const parts = all.map(values => values[i] as Int8Array);
    const one = new (first.constructor as Int8ArrayConstructor)(parts.reduce((sum, { length }) => sum + length, 0));
    parts.reduce((at, part) => {
      one.set(part, at);
      return at + part.length;
    }, 0);
    return one;
  });
}

describe.skipIf(!thereAreNetworks || !tools)(
  'networks of others on a microcontroller (skipped without ../shared/golden/tflite, compiler or QEMU)',
  () => {
    it.each(networks)(
      "%s: LiteRT's reference kernels = runProgram = the emulated microcontroller, in every byte of 12 examples",
      async name => {
        const program = readTflite(fileOf(name));
        const cases = casesOf(name);
        expect(cases).toHaveLength(12);
        const inputs = joined(cases.map(each => each.inputs));
        const reference = joined(cases.map(each => each.reference));
        expect(runProgram(program, inputs).outputs).toEqual(reference);
        const run = await runOnMcu(program, { inputs });
        expect(run.outputs).toEqual(reference);
        expect(run.count).toBe(12);
        expect(run.sram).toBe(run.data + run.bss + run.stackBytes);
        if (run.countedBy === 'clock') return;
        expect(run.layers).toHaveLength(program.steps.length);
        const inLayers = run.layers.reduce((sum, { instructions }) => sum + instructions, 0);
        // the calls of the steps
        expect(run.instructions - inLayers).toBeGreaterThan(0);
        expect(run.instructions - inLayers).toBeLessThan(10 * program.steps.length + 20);
        expect(run.layers.filter(({ instructions }) => !(instructions > 0))).toEqual([]);
      },
    );

    it.each(['STM32F412', 'Corstone-300'].flatMap(device => ['hello-world-int8', 'kws-dscnn-int8'].map(name => ({ device, name }))))(
      '$name gives the same bytes on $device',
      async ({ device, name }) => {
        const cases = casesOf(name);
        const run = await runOnMcu(readTflite(fileOf(name)), { device, inputs: joined(cases.map(each => each.inputs)) });
        expect(run.outputs).toEqual(joined(cases.map(each => each.reference)));
      },
    );
  },
);
