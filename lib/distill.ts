// The door `distill`: Knowledge distillation. Nothing inside lib imports this file.

export { type CacheOptions, cachedTeacher } from './compress/distill/cached-teacher.ts';
export { type Companion, companion } from './compress/distill/companion.ts';
export { type DistillOptions, distill } from './compress/distill/distill.ts';
export { type DistillationOptions, distillationLoss } from './compress/distill/distillation-loss.ts';
export { type AttentionOptions, attention, attentionMap } from './compress/distill/match/attention.ts';
export { type BoundariesOptions, boundaries, boundaryShare } from './compress/distill/match/boundaries.ts';
export {
  type FactorTransferOptions,
  factorTransfer,
  type ParaphraserOptions,
  trainParaphraser,
} from './compress/distill/match/factor.ts';
export { fsp, fspMatrix, type TwoPlaces } from './compress/distill/match/fsp.ts';
export { type GradientAttentionOptions, gradientAttention } from './compress/distill/match/gradient-attention.ts';
export { type HintOptions, hint } from './compress/distill/match/hint.ts';
export { logits } from './compress/distill/match/logits.ts';
export { type BothSides, type Match, type MatchContext, matchOf } from './compress/distill/match/match.ts';
export type { RegressorOptions } from './compress/distill/match/regressor.ts';
export { relationAngle, relationDistance } from './compress/distill/match/relation.ts';
export { type SelectivityKernel, type SelectivityOptions, selectivity } from './compress/distill/match/selectivity.ts';
export { attentionProbabilities, type LayerPair, type LayerTransferOptions, layerTransfer } from './compress/distill/match/transformer.ts';
export type { FoundPlace, ModelPlace, Place, PlacePair } from './compress/distill/place.ts';
export { type BornAgainOptions, bornAgain } from './compress/distill/scheme/born-again.ts';
export { assertDisjoint } from './compress/distill/scheme/disjoint.ts';
export { type EnsembleOptions, ensembleLogits, ensembleTeacher } from './compress/distill/scheme/ensemble.ts';
export { learnMutually, type MutualOptions } from './compress/distill/scheme/mutual.ts';
export { type NetAugOptions, netAug } from './compress/distill/scheme/net-aug.ts';
export { type ClassRecall, type ClassShift, shiftClass, withoutClass } from './compress/distill/scheme/omitted-class.ts';
export { type Branches, type OneOptions, trainBranches } from './compress/distill/scheme/one.ts';
export { type ExitedNetwork, type ExitLoss, type OwnTeacherOptions, teachItself } from './compress/distill/scheme/own-teacher.ts';
export { widened } from './compress/distill/scheme/widen.ts';
export { type Adversary, type AdversaryLosses, adversary } from './compress/distill/task/adversary.ts';
export { type ConditionalGanOptions, conditionalGan } from './compress/distill/task/conditional-gan.ts';
export {
  boundedRegression,
  type RegressedBoxes,
  type WeightedSoftOptions,
  weightedSoftCrossEntropy,
} from './compress/distill/task/detection.ts';
export { type EdgeRange, edgeDistribution, edgeExpectation, localizationDivergence } from './compress/distill/task/localization.ts';
export { pairSimilarity, pixelDivergence } from './compress/distill/task/segmentation.ts';
export { frozenTeacher, type Teacher } from './compress/distill/teacher.ts';
