import { LabError } from '../../tensor/errors.ts';
import type { Program } from '../program.ts';
import { kernelOf } from './choose.ts';
import type { CStep } from './kernel.ts';

/**
 * Bits of a stored weight of convolutions and dense layers with SMLAD of which no schedule speaks: 8; 16, which take twice the flash and no instructions to widen
 * them; or 16 where they save the most instructions a byte, until `extraBytes` of flash are spent. Weights that have 4 bits in the program are stored by twos in a byte in any case.
 */
export type WeightBits = 8 | 16 | { readonly extraBytes: number };

/** The steps whose weights have 16 bits. Steps that share a weight, as patches of one layer do, have it in the same way. @throws LabError `deploy/weight-bits`. */
export function wideSteps(program: Program, wanted: WeightBits, stepOf: (number: number) => CStep<never>): ReadonlySet<number> {
  assertWeightBits(wanted);
  if (wanted === 8) return new Set();
  const layers = [...program.steps.keys()].flatMap(number => {
    const step = stepOf(number);
    const gain = step.schedule || step.int4 ? undefined : kernelOf(step).widened?.(step);
    return gain ? [{ number, weight: program.steps[number]?.inputs[1], ...gain }] : [];
  });
  const groups = [...Map.groupBy(layers, ({ weight }) => weight).values()].map(group => ({
    numbers: group.map(({ number }) => number),
    bytes: Math.max(...group.map(({ bytes }) => bytes)),
    saved: group.reduce((sum, { saved }) => sum + saved, 0),
  }));
  let left = wanted === 16 ? Number.POSITIVE_INFINITY : wanted.extraBytes;
  const chosen = groups
    .sort((a, b) => b.saved / b.bytes - a.saved / a.bytes)
    .filter(({ bytes }) => {
      if (bytes > left) return false;
      left -= bytes;
      return true;
    });
  return new Set(chosen.flatMap(({ numbers }) => numbers));
}

function assertWeightBits(wanted: WeightBits): void {
  if (wanted === 8 || wanted === 16 || (typeof wanted === 'object' && wanted !== null && wanted.extraBytes >= 0)) return;
  throw new LabError('deploy/weight-bits', `weightBits is ${JSON.stringify(wanted)}.`, 'Say 8, 16 or { extraBytes: bytes of flash }.');
}
