import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareProgram } from '../../../../lib/deploy/fast/run.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { arbitraryProgram, arbitraryStep, opNames, type ProgramCase } from '../arbitrary-program.ts';

const waysToRun = [
  { native: true, threads: 1 },
  { native: true, threads: 2 },
  { native: false, threads: 1 },
];

/** The same bytes as the reference, again the same in a second run, which finds its arrays full of the first. */
function assertEqual({ program, inputs }: ProgramCase): void {
  const expected = runProgram(program, inputs, { interpreter: 'reference' });
  for (const options of waysToRun) {
    const prepared = prepareProgram(program, options);
    for (let i = 0; i < 2; i++) expect(prepared.run(inputs), JSON.stringify(options)).toEqual(expected);
  }
}

describe('the fast interpreter gives the bytes of the reference', () => {
  for (const op of opNames)
    it(`one ${op}`, () => {
      fc.assert(fc.property(arbitraryStep(op), assertEqual), { numRuns: 100 });
    });

  it('programs of several steps', () => {
    fc.assert(fc.property(arbitraryProgram, assertEqual), { numRuns: 200 });
  });
});
