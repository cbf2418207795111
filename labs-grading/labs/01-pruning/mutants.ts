import type { Mutant } from '../../lab/mutant.ts';
import { beyondMutants } from './mutants-beyond.ts';
import { channelMutants } from './mutants-channels.ts';
import { fineGrainedMutants } from './mutants-fine-grained.ts';

// Known wrong answers: each is the lab's own with a piece changed, must lose points on its question, and must be told this hint.

const mutants: readonly Mutant[] = [...fineGrainedMutants, ...channelMutants, ...beyondMutants];

export default mutants;
