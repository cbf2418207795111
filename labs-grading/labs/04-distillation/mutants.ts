import type { KnownMistake } from '../../lab/mutant.ts';
import { lossMutants } from './mutants-losses.ts';

const mutants: readonly KnownMistake[] = [...lossMutants];

export default mutants;
