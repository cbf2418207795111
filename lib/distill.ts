// The door `distill`: Knowledge distillation. Nothing inside lib imports this file.

export { type CacheOptions, cachedTeacher } from './compress/distill/cached-teacher.ts';
export { type Companion, companion } from './compress/distill/companion.ts';
export { type DistillOptions, distill } from './compress/distill/distill.ts';
export { type DistillationOptions, distillationLoss } from './compress/distill/distillation-loss.ts';
export { type HintOptions, hint } from './compress/distill/match/hint.ts';
export { logits } from './compress/distill/match/logits.ts';
export { type Match, type MatchContext, matchOf } from './compress/distill/match/match.ts';
export type { FoundPlace, Place, PlacePair } from './compress/distill/place.ts';
export { type BornAgainOptions, bornAgain } from './compress/distill/scheme/born-again.ts';
export { assertDisjoint } from './compress/distill/scheme/disjoint.ts';
export { type EnsembleOptions, ensembleLogits, ensembleTeacher } from './compress/distill/scheme/ensemble.ts';
export { learnMutually, type MutualOptions } from './compress/distill/scheme/mutual.ts';
export { type ClassRecall, type ClassShift, shiftClass, withoutClass } from './compress/distill/scheme/omitted-class.ts';
export { frozenTeacher, type Teacher } from './compress/distill/teacher.ts';
