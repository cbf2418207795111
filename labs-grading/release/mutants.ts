import { pathToFileURL } from 'node:url';
import type { KnownMistake, Mutant } from '../lab/mutant.ts';
import type { LabFiles } from './lab-files.ts';
import { answersOf } from './slips.ts';
import { labCells } from './student.ts';

/** The lab's known wrong answers; none where there is no such file. */
export async function loadMutants(files: LabFiles): Promise<readonly Mutant[]> {
  if (!files.mutants) return [];
  const { default: mistakes } = (await import(pathToFileURL(files.mutants).href)) as { default: KnownMistake[] };
  return answersOf(mistakes, labCells(files));
}
