import { describe, expect, it } from 'vitest';
import { emitC } from '../../../../lib/deploy/emit-c/emit-c.ts';
import type { IntegerOpName } from '../../../../lib/deploy/integer/index.ts';
import { runOnMcu } from '../../../../lib/deploy/mcu/run.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { randomInputs } from '../arbitrary-program.ts';
import { randomNetwork } from './every-op.ts';
import { hasCompiler, runOnHost } from './host.ts';

const seedsOf = (few: number): readonly number[] =>
  Array.from({ length: Number(process.env.TINYLAB_EMIT_C_SEEDS ?? few) }, (_, i) => i + 1);

describe.skipIf(!hasCompiler)('C of random programs of every op (skipped without gcc)', () => {
  it.each(seedsOf(8))('gives the bytes of runProgram, without errors that sanitizers see: seed %i', seed => {
    const program = randomNetwork(seed);
    const examples = Array.from({ length: 3 }, (_, n) => randomInputs(program, { seed: 100 * seed + n }));
    const expected = examples.map(inputs => runProgram(program, inputs, { interpreter: 'reference' }).outputs);
    expect(runOnHost(program, { source: emitC(program), examples })).toEqual(expected);
  });
});

/** Layers that cores have kernels of their own for, of all types and shapes. */
const layers: readonly IntegerOpName[] = [
  'conv2d',
  'depthwise-conv2d',
  'dense',
  'conv2d',
  'depthwise-conv2d',
  'dense',
  'add',
  'average-pool',
  'max-pool',
];
const tools = await mcuTools().catch(() => undefined);

describe.skipIf(!tools)('C of random programs on microcontrollers (skipped without compiler or QEMU)', () => {
  const cases = ['STM32F412', 'Corstone-300'].flatMap(device =>
    seedsOf(1).flatMap(seed => [
      { device, seed, ops: undefined },
      { device, seed, ops: layers },
    ]),
  );
  it.each(cases)(
    'gives the bytes of runProgram: $device, seed $seed, ops $ops',
    async ({ device, seed, ops }) => {
      const program = randomNetwork(seed, ops);
      const inputs = randomInputs(program, { seed, count: 3 });
      const { outputs } = await runOnMcu(program, { device, inputs });
      expect(outputs).toEqual(runProgram(program, inputs, { interpreter: 'reference' }).outputs);
    },
    60_000,
  );
});
