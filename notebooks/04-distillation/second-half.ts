import { augmentedQuestion } from './augmented.ts';
import { featureQuestions } from './features.ts';
import { gapQuestion } from './gap-closed.ts';
import { omittedQuestion } from './omitted.ts';
import { peerQuestion } from './peers.ts';
import { relationQuestion } from './relations.ts';

// What is matched besides outputs, who else may teach, and what is no help here.

export const secondHalf = [...featureQuestions, relationQuestion, omittedQuestion, peerQuestion, augmentedQuestion, gapQuestion];
