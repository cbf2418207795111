import type { Mutant } from '../../lab/mutant.ts';
import { beyondMutants } from './mutants-beyond.ts';
import { channelMutants } from './mutants-channels.ts';
import { fineGrainedMutants } from './mutants-fine-grained.ts';

// Known wrong answers: each replaces the answer cell of its question, must lose points there, and must be told this hint.

const mutants: readonly Mutant[] = [...fineGrainedMutants, ...channelMutants, ...beyondMutants];

export default mutants;
