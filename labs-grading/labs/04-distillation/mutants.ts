import type { KnownMistake } from '../../lab/mutant.ts';
import { beyondMutants } from './mutants-beyond.ts';
import { featureMutants } from './mutants-features.ts';
import { lossMutants } from './mutants-losses.ts';
import { studentMutants } from './mutants-students.ts';
import { trainingMutants } from './mutants-training.ts';

const mutants: readonly KnownMistake[] = [...lossMutants, ...trainingMutants, ...studentMutants, ...featureMutants, ...beyondMutants];

export default mutants;
