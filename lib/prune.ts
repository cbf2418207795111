// The door `prune`: Pruning. Nothing inside lib imports this file.

export { type AmcEpisode, type AmcOptions, type AmcResult, amc, errorTimesLogCost } from './compress/prune/allocation/amc/amc.ts';
export { type Budget, storageBytes, weightsKept } from './compress/prune/allocation/budget.ts';
export { globalAllocation } from './compress/prune/allocation/global.ts';
export { collapsedLayers } from './compress/prune/allocation/layer-collapse.ts';
export { layerTable } from './compress/prune/allocation/layer-table.ts';
export { type MetaPruned, type MetaPruningOptions, metaPrune } from './compress/prune/allocation/meta-pruning/meta-pruning.ts';
export type { PruningNetOptions } from './compress/prune/allocation/meta-pruning/pruning-net.ts';
export {
  type NetAdaptCandidate,
  type NetAdaptOptions,
  type NetAdaptResult,
  type NetAdaptStep,
  netAdapt,
} from './compress/prune/allocation/netadapt.ts';
export { channelSpace, weightSpace } from './compress/prune/allocation/pruning-space.ts';
export { type GuidedOptions, sensitivityAllocation } from './compress/prune/allocation/sensitivity-guided.ts';
export { type SensitivityOptions, type SensitivityPoint, sensitivityScan } from './compress/prune/allocation/sensitivity-scan.ts';
export { channelsToKeep } from './compress/prune/channels/channels-to-keep.ts';
export { closeGates, gateHooks, gateImportance, openGates } from './compress/prune/channels/gates.ts';
export { apoz, averagePercentageOfZeros } from './compress/prune/channels/importance/apoz.ts';
export { batchNormScale } from './compress/prune/channels/importance/batch-norm-scale.ts';
export { channelEntropy, histogramEntropy } from './compress/prune/channels/importance/entropy.ts';
export { groupFisher } from './compress/prune/channels/importance/group-fisher.ts';
export type { ChannelImportance, ChannelScores } from './compress/prune/channels/importance/importance.ts';
export { channelNorm, type NormOptions } from './compress/prune/channels/importance/norm.ts';
export { randomChannels } from './compress/prune/channels/importance/random.ts';
export { channelTaylor } from './compress/prune/channels/importance/taylor.ts';
export { firstChannels, type PruneChannelsOptions, pruneChannels, sortChannels } from './compress/prune/channels/prune-channels.ts';
export { lasso, type Quadratic } from './compress/prune/channels/regression/lasso.ts';
export { pruneByRegression, type RegressionOptions } from './compress/prune/channels/regression/prune-by-regression.ts';
export { slimming } from './compress/prune/channels/slimming.ts';
export { block } from './compress/prune/granularity/block.ts';
export { channel } from './compress/prune/granularity/channel.ts';
export { fineGrained } from './compress/prune/granularity/fine-grained.ts';
export { type Granularity, type MaskChoice, tiled } from './compress/prune/granularity/granularity.ts';
export { kernel } from './compress/prune/granularity/kernel.ts';
export { loadBalanced } from './compress/prune/granularity/load-balanced.ts';
export { type NmOptions, nm, nmMask } from './compress/prune/granularity/n-m.ts';
export { type PatternOptions, pattern, patternDictionary, patternMask } from './compress/prune/granularity/pattern.ts';
export { vector } from './compress/prune/granularity/vector.ts';
export type { Criterion } from './compress/prune/importance/criterion.ts';
export { grasp } from './compress/prune/importance/grasp.ts';
export { l1, l2, lp } from './compress/prune/importance/norm.ts';
export { obd } from './compress/prune/importance/obd.ts';
export { randomScores } from './compress/prune/importance/random.ts';
export { snip } from './compress/prune/importance/snip.ts';
export { taylor } from './compress/prune/importance/taylor.ts';
export { magnitudeMask, pruneMagnitude } from './compress/prune/magnitude.ts';
export { applyMasks, type Masks, masksOf } from './compress/prune/masks.ts';
export { type PruneOptions, pruneByImportance } from './compress/prune/prune.ts';
export { type AdmmOptions, type AdmmUpdate, pruneWithAdmm } from './compress/prune/schedule/admm.ts';
export { type AtInitializationOptions, pruneAtInitialization } from './compress/prune/schedule/at-initialization.ts';
export { type CubicOptions, cubicSparsity } from './compress/prune/schedule/cubic.ts';
export { type GradualOptions, pruneGradually } from './compress/prune/schedule/gradual.ts';
export { geometricSparsities, pruneIteratively } from './compress/prune/schedule/iterative.ts';
export { type LotteryOptions, lotteryTicket, randomTicket, reinitialized, type Ticket } from './compress/prune/schedule/lottery-ticket.ts';
export { type FineTuneOptions, type Pruner, pruneAndFineTune } from './compress/prune/schedule/one-shot.ts';
export { groupLasso, l1Penalty, l2Penalty, type PenaltyOptions } from './compress/prune/schedule/penalties.ts';
export { transferTicket } from './compress/prune/schedule/ticket-transfer.ts';
