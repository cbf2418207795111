import { describe, expect, it } from 'vitest';
import { emitC } from '../../../../lib/deploy/emit-c/emit-c.ts';
import type { IntegerOpName } from '../../../../lib/deploy/integer/index.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { type Random, random } from '../../../../lib/tensor/random.ts';
import { opNames, randomInputs, randomProgram } from '../arbitrary-program.ts';
import { hasCompiler, runOnHost } from './host.ts';

/** The least of all multipliers, whose square saturates, is refused in C; no scale gives it. */
function withoutLeast({ steps, ...program }: Program): Program {
  const mended = (value: unknown): unknown => (Array.isArray(value) ? value.map(mended) : value === -(2 ** 31) ? 1 - 2 ** 31 : value);
  const keys = ['multiplier', 'aMultiplier', 'bMultiplier'];
  const attributes = (of: Program['steps'][number]['attributes']): typeof of =>
    Object.fromEntries(Object.entries(of).map(([key, value]) => [key, keys.includes(key) ? mended(value) : value])) as typeof of;
  return { ...program, steps: steps.map(step => ({ ...step, attributes: attributes(step.attributes) })) };
}

/** All ops, each once, in some order. */
const shuffled = (rng: Random): readonly IntegerOpName[] => Array.from(rng.permutation(opNames.length), i => opNames[i] as IntegerOpName);

describe.skipIf(!hasCompiler)('C of random programs of every op (skipped without gcc)', () => {
  const seeds = Array.from({ length: Number(process.env.TINYLAB_EMIT_C_SEEDS ?? 12) }, (_, i) => i + 1);
  it.each(seeds)('gives the bytes of runProgram, without errors that sanitizers see: seed %i', seed => {
    const program = withoutLeast(randomProgram(seed, shuffled(random(seed))));
    const examples = Array.from({ length: 3 }, (_, n) => randomInputs(program, { seed: 100 * seed + n }));
    const expected = examples.map(inputs => runProgram(program, inputs, { interpreter: 'reference' }).outputs);
    expect(runOnHost(program, { source: emitC(program), examples })).toEqual(expected);
  });
});
