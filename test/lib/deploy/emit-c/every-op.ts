import type { IntegerOpName } from '../../../../lib/deploy/integer/index.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { opNames, randomProgram } from '../arbitrary-program.ts';

/** The least of all multipliers, whose square saturates, is refused in C; no scale gives it. */
function withoutLeast({ steps, ...program }: Program): Program {
  const mended = (value: unknown): unknown => (Array.isArray(value) ? value.map(mended) : value === -(2 ** 31) ? 1 - 2 ** 31 : value);
  const keys = ['multiplier', 'aMultiplier', 'bMultiplier'];
  const attributes = (of: Program['steps'][number]['attributes']): typeof of =>
    Object.fromEntries(Object.entries(of).map(([key, value]) => [key, keys.includes(key) ? mended(value) : value])) as typeof of;
  return { ...program, steps: steps.map(step => ({ ...step, attributes: attributes(step.attributes) })) };
}

/** A random program of these ops, or of all ops in some order. */
export function randomNetwork(seed: number, ops?: readonly IntegerOpName[]): Program {
  const order = random(seed).permutation(opNames.length);
  return withoutLeast(randomProgram(seed, ops ?? Array.from(order, i => opNames[i] as IntegerOpName)));
}
