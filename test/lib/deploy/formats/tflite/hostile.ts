import { assertProgram } from '../../../../../lib/deploy/check-program.ts';
import { readTflite } from '../../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { LabError } from '../../../../../lib/tensor/errors.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { countAllocations } from './allocations.ts';
import { mutated } from './mutate.ts';

/** What came of reading changed files. */
export interface Outcomes {
  /** How many were read, and how many were refused with each code. */
  readonly codes: Readonly<Record<string, number>>;
  /** Errors that are none of the library's, with the changes that led to them. */
  readonly crashes: readonly string[];
  /** The most bytes that reading one took, for each byte of the file. */
  readonly allocated: number;
}

/** Reads `count` changed copies of some files, one after the other. */
export function readChanged(files: readonly Uint8Array[], { count, seed }: { readonly count: number; readonly seed: number }): Outcomes {
  const rng = random(seed);
  const codes: Record<string, number> = {};
  const crashes: string[] = [];
  let allocated = 0;
  for (let i = 0; i < count; i++) {
    const file = files[i % files.length] as Uint8Array;
    const { bytes, done } = mutated(file, rng);
    let code = 'read';
    const taken = countAllocations(() => {
      try {
        assertProgram(readTflite(bytes));
      } catch (error) {
        code = error instanceof LabError ? error.code : 'crash';
        if (!(error instanceof LabError)) crashes.push(`${done.join(', ')}: ${error}`);
      }
    });
    codes[code] = (codes[code] ?? 0) + 1;
    allocated = Math.max(allocated, taken / file.length);
  }
  return { codes, crashes, allocated };
}

/** Errors that may come of a file, whatever it holds. */
export const foreseen = /^(read|deploy\/(tflite|program|step|op|limit|multiplier)|model\/attribute)$/;
