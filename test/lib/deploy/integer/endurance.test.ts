import fc from 'fast-check';
import { describe, it } from 'vitest';
import { opNames } from '../arbitrary-program.ts';
import { survives } from './hostile-steps.ts';

describe('hostile steps, for long', () => {
  for (const op of opNames)
    it(op, () => {
      fc.assert(
        fc.property(fc.nat(), fc.nat(), (seed, change) => {
          survives(op, { seed, change });
        }),
        { numRuns: 10_000 },
      );
    });
});
