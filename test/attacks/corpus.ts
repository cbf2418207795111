import type { Attack } from './attack.ts';
import { fileAttacks } from './corpus/files.ts';
import { notebookAttacks } from './corpus/notebooks.ts';
import { resourceAttacks } from './corpus/resources.ts';
import { verdictAttacks } from './corpus/verdict.ts';

/** Every attack of the study's table, and those that were found here. */
export const attacks: readonly Attack[] = [...verdictAttacks, ...resourceAttacks, ...notebookAttacks, ...fileAttacks];
