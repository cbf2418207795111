// The public door of the library: what every lab uses, by stage, and a door for each family. Nothing inside lib imports this file.

// families

export * as deploy from './deploy.ts';
export * as distill from './distill.ts';
export * as inspect from './inspect.ts';
export * as loops from './loops.ts';
export * as prune from './prune.ts';
export * as quantize from './quantize.ts';
export * as search from './search.ts';
export * as sparse from './sparse.ts';

// tensor

export { array, bitsOf, byteLengthOf, type DType, filled, isArray, type NDArray, type TypedArray, zeros } from './tensor/array.ts';
export { type BatchNormResult, batchNormTraining } from './tensor/batch-norm/batch-norm.ts';
export { allClose, type Closeness } from './tensor/close.ts';
export { conv2d } from './tensor/conv2d.ts';
export { depthwiseConv2d } from './tensor/depthwise-conv2d.ts';
export { LabError } from './tensor/errors.ts';
export { displaySymbol, type MimeBundle } from './tensor/host.ts';
export { type AdamOptions, adam, adamW } from './tensor/optimizers/adam.ts';
export type { FusedOptimizer, OptimizerOptions } from './tensor/optimizers/fused-optimizer.ts';
export { type MomentumOptions, momentum } from './tensor/optimizers/momentum.ts';
export { sgd } from './tensor/optimizers/sgd.ts';
export { integers, normal, type Random, random, uniform } from './tensor/random.ts';
export { scope, tensorCount } from './tensor/scope.ts';
export { assertShape, type Shape, sameShape, sizeOf } from './tensor/shape.ts';
export { roundedShare } from './tensor/share.ts';
export { tf } from './tensor/tf.ts';
export { download, downloadAsync, upload } from './tensor/upload.ts';

// data

export type { Augmentation } from './data/augment.ts';
export { type Batch, type BatchOptions, batches } from './data/batches.ts';
export { balancedOrder, countOf, type Dataset, dataset, rows, type Splits, split, subset, take } from './data/dataset.ts';
export { decodeIdx, encodeIdx } from './data/idx.ts';
export { datasets, type LoadOptions, loadDataset } from './data/loader.ts';
export { type DataReporter, setDataReporter } from './data/report.ts';
export { type GlyphOptions, strokeGlyphs } from './data/stroke-glyphs.ts';

// model

export { alexNet } from './model/alexnet.ts';
export { NetworkBuilder, network } from './model/build.ts';
export type {
  ConvOptions,
  DenseOptions,
  DepthwiseOptions,
  FakeQuantizeOptions,
  InputOptions,
  PoolOptions,
  TransposeOptions,
} from './model/build-options.ts';
export { type ChannelAxis, type ChannelGroup, channelGroups, prunableGroups } from './model/channels/groups.ts';
export { type EditOptions, insertAfter, type NewNode, removeNode, replaceNode } from './model/edit.ts';
export { type ForwardOptions, forward } from './model/forward.ts';
export { initialize } from './model/initialize.ts';
export { type LeNetOptions, leNet5 } from './model/lenet.ts';
export { type Lifetime, lifetimes } from './model/lifetimes.ts';
export { type MlpOptions, mlp } from './model/mlp.ts';
export { type MobileNetV1Blocks, type MobileNetV1Options, mobileNetV1, mobileNetV1SmallBlocks } from './model/mobilenet-v1.ts';
export { type InvertedResiduals, type MobileNetV2Options, makeDivisible, mobileNetV2, mobileNetV2Blocks } from './model/mobilenet-v2.ts';
export {
  type Attribute,
  type Attributes,
  firstInput,
  type Graph,
  type Input,
  type InputDType,
  inputShape,
  inputsOf,
  type Model,
  mapParameters,
  type Node,
  nodeOf,
  type Parameter,
  withParameters,
} from './model/model.ts';
export type { ActivationName, OpName } from './model/ops/index.ts';
export { type ModelCard, modelCard, pretrained } from './model/pretrained.ts';
export type { Quantization } from './model/quantization/quantization.ts';
export { realValue } from './model/real-value.ts';
export { type ResNet8Options, resNet8, resNet18, resNet50 } from './model/resnet.ts';
export { type RunOptions, run } from './model/run.ts';
export { loadModel, saveModel } from './model/save.ts';
export { checkedModel, decodeModel, type EncodedModel, encodeModel } from './model/serialize.ts';
export { inferShapes, type NodeShapes, parameterSpecs, type TracedNode, trace } from './model/shapes.ts';
export type { ModelLimits } from './model/validate.ts';
export { type VggOptions, type VggWidths, vgg, vggSmallWidths, vggWidths } from './model/vgg.ts';
export { vgg16 } from './model/vgg16.ts';
export type { Padding, Pair } from './model/window.ts';

// sparse

export { eie, relativeIndex, relativeIndexed } from './sparse/eie.ts';
export { sparseBytes } from './sparse/format.ts';
export { packedNm } from './sparse/n-m.ts';

// train

export type { EarlyStop } from './train/early-stop.ts';
export type { Examples } from './train/examples.ts';
export { fit } from './train/fit.ts';
export { gradients } from './train/gradients.ts';
export type { NamedTensors, TrainingHooks } from './train/hooks.ts';
export { joinHooks } from './train/join-hooks.ts';
export {
  type BatchSource,
  binaryCrossEntropy,
  crossEntropy,
  type Loss,
  type LossContext,
  type LossNeeds,
  lossWith,
  meanSquaredError,
  type RunProgress,
} from './train/losses.ts';
export type { OptimizerChoice, OptimizerName } from './train/optimizers.ts';
export type { FitOptions } from './train/options.ts';
export type { OwnedParameter, OwnedParameters, Owner } from './train/owned.ts';
export { type RefreshOptions, refreshBatchNorm } from './train/refresh-batch-norm.ts';
export {
  setReporter,
  type TrainingEnd,
  type TrainingEpoch,
  type TrainingReporter,
  type TrainingStart,
  type TrainingStep,
} from './train/report.ts';
export { constantSchedule, cosineSchedule, oneCycleSchedule, type Schedule, stepSchedule, warmUp } from './train/schedules.ts';
export { type Direction, type SoftTargetOptions, softDivergence, softTargets } from './train/soft-targets.ts';
export { sumLosses, type Weight } from './train/sum-losses.ts';

// compress

export { storageBytes } from './compress/prune/allocation/budget.ts';
export { type SensitivityOptions, type SensitivityPoint, sensitivityScan } from './compress/prune/allocation/sensitivity-scan.ts';
export { channelsToKeep } from './compress/prune/channels/channels-to-keep.ts';
export { apoz, averagePercentageOfZeros } from './compress/prune/channels/importance/apoz.ts';
export { channelNorm } from './compress/prune/channels/importance/norm.ts';
export { firstChannels, type PruneChannelsOptions, pruneChannels, sortChannels } from './compress/prune/channels/prune-channels.ts';
export { fineGrained } from './compress/prune/granularity/fine-grained.ts';
export { type NmOptions, nm, nmMask } from './compress/prune/granularity/n-m.ts';
export { snip } from './compress/prune/importance/snip.ts';
export { taylor } from './compress/prune/importance/taylor.ts';
export { magnitudeMask, pruneMagnitude } from './compress/prune/magnitude.ts';
export { applyMasks, type Masks, masksOf } from './compress/prune/masks.ts';
export { type PruneOptions, pruneByImportance } from './compress/prune/prune.ts';
export { pruneIteratively } from './compress/prune/schedule/iterative.ts';
export { lotteryTicket } from './compress/prune/schedule/lottery-ticket.ts';

// measure

export { accuracy, classify, confusion, type EvaluationOptions, type Labelled } from './measure/accuracy.ts';
export { type Activations, activations, type MemoryOptions, type MemoryStep, peakMemory } from './measure/activations.ts';
export {
  type Cache,
  type CacheShape,
  cacheSimulator,
  type LoopOrder,
  type MatmulLoops,
  matmulMisses,
  smallCache,
} from './measure/cache.ts';
export type { Comparison, ComparisonRow, Metric } from './measure/compare.ts';
export { type Energy, type EnergyOptions, energy, energyPj } from './measure/energy.ts';
export { type LatencyOptions, latency, timed } from './measure/latency.ts';
export { type LayerCounts, layers, type ParameterOptions } from './measure/layers.ts';
export { flops, macs } from './measure/macs.ts';
export { modelSize, parameterBits } from './measure/model-size.ts';
export { parameters } from './measure/parameters.ts';
export { receptiveField } from './measure/receptive-field.ts';
export { attainableFlops, type Device, measureDevice, type Roofline, type RooflineLayer, roofline } from './measure/roofline.ts';
export { sparseModelSize } from './measure/sparse-model-size.ts';
export { sparsity, sparsityByParameter } from './measure/sparsity.ts';
export { type Latency, summarizeTimes } from './measure/times.ts';

// check

export { type Difference, difference, type Tolerance } from './check/compare.ts';
export { deliver } from './check/deliver.ts';
export type { Examiner } from './check/examiner.ts';
export { inputSlips } from './check/input-slips.ts';
export {
  type HiddenCases,
  hiddenCases,
  type Lab,
  lab,
  type Question,
  type QuestionBody,
  type QuestionOptions,
  question,
} from './check/lab.ts';
export type { KnownLoopMistake } from './check/loops/compare-output.ts';
export type { ArrayBounds, CountBounds, CountQuestion, LoopQuestion } from './check/loops/judge.ts';
export type { Counter } from './check/loops/messages.ts';
export type { CloseOptions, CompareOptions, KnownMistakes, NumberOptions } from './check/options.ts';
export type { CheckItem, CheckReport, Contrast, LabReport, MissingTool, PartReport, QuestionState, Reason } from './check/report.ts';
export { type SameLayersOptions, sameLayers } from './check/same-layers.ts';
export { staff } from './check/staff.ts';

// notebook

export { checkCard, labCard } from './notebook/card.ts';
export { check, checkAll } from './notebook/check.ts';
export { compare, type ShownComparison } from './notebook/comparison.ts';
export type { Drawing, Layout, LayoutAxis, Trace, Value } from './notebook/drawing.ts';
export { type FacetOptions, facets } from './notebook/facets.ts';
export type { Figure } from './notebook/figure.ts';
export { type Prediction, predict } from './notebook/guess/predict.ts';
export { reveal } from './notebook/guess/reveal.ts';
export type { Guess, OpenGuess } from './notebook/guess/value.ts';
export { type Displayable, type Live, liveFigure } from './notebook/live.ts';
export { loopTable } from './notebook/loop-table.ts';
export { mcuBars } from './notebook/mcu-bars.ts';
export type { CachePlotOptions } from './notebook/plot/cache.ts';
export { plot } from './notebook/plot/index.ts';
export type { Axis, AxisOptions, PlotOptions } from './notebook/plot/layout.ts';
export type { LoopsOptions } from './notebook/plot/loops.ts';
export type { TraceOptions } from './notebook/plot/trace.ts';
export { type Progress, progress } from './notebook/progress.ts';
export { show } from './notebook/show.ts';
export { type Rows, type TableOptions, table } from './notebook/table.ts';
export { liveTraining, trainingLines } from './notebook/training.ts';
