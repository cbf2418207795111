import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../lib/deploy/run.ts';
import { LabError } from '../../lib/tensor/errors.ts';
import { readCase, refuseCase } from './case.ts';
import type { Trial } from './draft.ts';
import { kernelTrial } from './kinds/all.ts';
import { networkTrials } from './networks.ts';

/** What became of one case. */
export interface Verdict {
  readonly name: string;
  readonly state: 'equal' | 'different' | 'refused';
  /** How many numbers were compared; which differ; or why nothing was run. */
  readonly detail: string;
}

/** What became of a folder. */
export interface Judgement {
  readonly equal: number;
  readonly different: number;
  readonly refused: number;
  readonly cases: readonly Verdict[];
}

/** Runs every case of a folder: kernels as JSON files, networks as a .tflite file with the JSON file of its outputs beside it. */
export function judgeFolder(folder: string): Judgement {
  const files = readdirSync(folder).sort();
  const cases: Verdict[] = [];
  for (const file of files.filter(name => name.endsWith('.json'))) {
    const name = file.slice(0, -5);
    const read = (ending: string): Uint8Array => readFileSync(join(folder, name + ending));
    const text = (): string => new TextDecoder().decode(read('.json'));
    const trials = () => (files.includes(`${name}.tflite`) ? networkTrials(read('.tflite'), text()) : [kernelTrial(readCase(text()))]);
    cases.push(judge(name, trials));
  }
  const count = (state: Verdict['state']): number => cases.filter(verdict => verdict.state === state).length;
  return { equal: count('equal'), different: count('different'), refused: count('refused'), cases };
}

/** Runs one case. */
export function judge(name: string, trials: () => readonly Trial[]): Verdict {
  try {
    const found = trials().map(compare);
    const compared = found.reduce((sum, { count }) => sum + count, 0);
    const apart = found.flatMap(({ differences }) => differences);
    if (compared === 0) refuseCase('it holds no number to compare.');
    if (apart.length === 0) return { name, state: 'equal', detail: `${compared} numbers` };
    return { name, state: 'different', detail: `${apart.length} of ${compared} numbers; ${apart[0]}` };
  } catch (error) {
    // whatever is wrong with one case, the others are run
    const { name: kind, message } = error as Error;
    return { name, state: 'refused', detail: error instanceof LabError ? message : `${kind}: ${message}` };
  }
}

const interpreters = ['reference', 'fast'] as const;

/** Both interpreters against what is expected. */
function compare({ program, inputs, expected }: Trial): { readonly count: number; readonly differences: readonly string[] } {
  const differences: string[] = [];
  for (const interpreter of interpreters) {
    const { outputs } = runProgram(program, inputs, { interpreter });
    for (const [o, wanted] of expected.entries()) {
      const got = outputs[o] ?? [];
      if (got.length !== wanted.length) refuseCase(`output ${o} has ${got.length} numbers; ${wanted.length} are expected.`);
      for (let i = 0; i < wanted.length; i++)
        // NaN equals NaN here, 0 equals -0
        if (got[i] !== wanted[i] && !Object.is(got[i], wanted[i]))
          differences.push(`the first is ${got[i]} instead of ${wanted[i]}, at ${i} of output ${o}, by the ${interpreter} interpreter`);
    }
    if (differences.length > 0) break;
  }
  return { count: expected.reduce((sum, { length }) => sum + length, 0), differences };
}
