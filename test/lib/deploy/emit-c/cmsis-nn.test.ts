import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emitC } from '../../../../lib/deploy/emit-c/emit-c.ts';
import { runOnMcu } from '../../../../lib/deploy/mcu/run.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { readCase } from '../../../../scripts/golden/case.ts';
import type { Trial } from '../../../../scripts/golden/draft.ts';
import { kernelTrial } from '../../../../scripts/golden/kinds/all.ts';
import { root } from '../../../house/modules.ts';
import { hasCompiler, runOnHost } from './host.ts';

const folder = join(root, '../shared/golden/cmsis-nn');

/** All cases beside each other as one program, so that they are compiled and run once. */
function together(trials: readonly Trial[]): Trial {
  let first = 0;
  const parts = trials.map(({ program }) => {
    const moved = (index: number): number => (index < 0 ? index : index + first);
    const part: Program = {
      ...program,
      steps: program.steps.map(step => ({ ...step, inputs: step.inputs.map(moved), outputs: step.outputs.map(moved) })),
      inputs: program.inputs.map(moved),
      outputs: program.outputs.map(moved),
    };
    first += program.tensors.length;
    return part;
  });
  const program: Program = {
    name: 'cases of CMSIS-NN',
    tensors: parts.flatMap(({ tensors }) => tensors),
    steps: parts.flatMap(({ steps }) => steps),
    inputs: parts.flatMap(({ inputs }) => inputs),
    outputs: parts.flatMap(({ outputs }) => outputs),
  };
  return { program, inputs: trials.flatMap(({ inputs }) => inputs), expected: trials.flatMap(({ expected }) => expected) };
}

const tools = await mcuTools().catch(() => undefined);

describe.skipIf(!existsSync(folder))('C of the cases of CMSIS-NN (skipped without ../shared/golden/cmsis-nn)', () => {
  const files = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.json')) : [];
  const { program, inputs, expected } = together(files.map(name => kernelTrial(readCase(readFileSync(join(folder, name), 'utf8')))));
  const numbers = (outputs: readonly ArrayLike<number | bigint>[]): readonly (readonly number[])[] =>
    outputs.map(output => Array.from(output, Number));

  it('are all of them', () => {
    expect(files).toHaveLength(139);
    expect(expected.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(20_000);
  });

  it.skipIf(!hasCompiler)('gives their numbers, in plain C (skipped without gcc)', () => {
    const [outputs] = runOnHost(program, { source: emitC(program), examples: [inputs] });
    expect(numbers(outputs as never)).toEqual(numbers(expected));
  });

  it.skipIf(!tools).each(['cortex-m4', 'cortex-m55'] as const)(
    'gives their numbers on a %s (skipped without compiler or QEMU)',
    async core => {
      const board = { name: 'a large board', core, sram: 2 ** 21, flash: 2 ** 21, clockHz: 1e8 };
      const { outputs } = await runOnMcu(program, { device: board, inputs });
      expect(numbers(outputs as never)).toEqual(numbers(expected));
    },
    60_000,
  );
});
