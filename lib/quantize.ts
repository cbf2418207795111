// The door `quantize`: Quantization. Nothing inside lib imports this file.

export {
  type ActivationStatisticsOptions,
  activationStatistics,
  type CalibrateOptions,
  calibrate,
} from './compress/quantize/activations/calibrate.ts';
export { activationPlaces } from './compress/quantize/activations/places.ts';
export { type ActivationOptions, quantizeActivations } from './compress/quantize/activations/quantize-activations.ts';
export { allocateBits, type BitChoice, bitFrontier } from './compress/quantize/allocation/allocate-bits.ts';
export { type BitSensitivityOptions, bitSensitivity } from './compress/quantize/allocation/bit-sensitivity.ts';
export {
  type BitAllocation,
  type BitPoint,
  type BitTableOptions,
  quantizeByBits,
  type SchemeOfBits,
} from './compress/quantize/allocation/bit-table.ts';
export type { BitBudget } from './compress/quantize/allocation/budget.ts';
export { type BitSearchOptions, type HaqOptions, haq, searchBits } from './compress/quantize/allocation/haq.ts';
export { type RandomBitsOptions, randomBits } from './compress/quantize/allocation/random-bits.ts';
export { crossEntropyScore, outputDivergence } from './compress/quantize/allocation/scores.ts';
export { type WeightErrorOptions, weightErrors } from './compress/quantize/allocation/weight-errors.ts';
export {
  type BinaryOptions,
  binarize,
  binarizeAtRandom,
  binaryQuantize,
  type CodedValue,
} from './compress/quantize/binary/binary.ts';
export { binaryTraining } from './compress/quantize/binary/binary-training.ts';
export { type TernaryOptions, ternarize, ternaryQuantize } from './compress/quantize/binary/ternary.ts';
export { ternaryTraining } from './compress/quantize/binary/ternary-training.ts';
export { type TrainedTernaryOptions, trainedTernary } from './compress/quantize/binary/trained-ternary.ts';
export { packSigns, popcount, type SignRows, xnorProduct } from './compress/quantize/binary/xnor.ts';
export {
  type ActivationAwareProduct,
  type ActivationAwareProductOptions,
  activationAwareProductQuantize,
  activationAwareValue,
  type KernelAndInputs,
} from './compress/quantize/codebook/activation-aware.ts';
export {
  assertCodebooks,
  type CentroidStep,
  type ClusterReduction,
  centroidGradients,
  clusterSizes,
  codebooksOf,
  movedCodebook,
  withEntries,
} from './compress/quantize/codebook/centroid-gradients.ts';
export { type CodebookParameter, entryPlaces, hasCodebook } from './compress/quantize/codebook/entry-places.ts';
export { type CodebookTraining, codebookHooks, fineTuneCodebooks } from './compress/quantize/codebook/fine-tune.ts';
export type { InitialCentroids } from './compress/quantize/codebook/initial.ts';
export { type KMeansOptions, type KMeansResult, kMeans } from './compress/quantize/codebook/k-means.ts';
export {
  type KMeansQuantizeOptions,
  kMeansQuantize,
  kMeansValue,
} from './compress/quantize/codebook/k-means-quantize.ts';
export {
  divisibleWeights,
  type ProductBytes,
  type ProductOptions,
  productBytes,
  productQuantize,
  productValue,
  type VectorBlock,
  type VectorClusters,
  type VectorCoded,
  type VectorLine,
} from './compress/quantize/codebook/product.ts';
export { type DistilledData, type DistillOptions, distilledData, statisticsGap } from './compress/quantize/data-free/zero-q.ts';
export { huffmanDecode, huffmanEncode } from './compress/quantize/entropy/bits.ts';
export type { Coding } from './compress/quantize/entropy/code-table.ts';
export {
  type CompressedWeights,
  type CompressionStage,
  type CompressionStages,
  type CompressOptions,
  compressionTable,
  compressWeights,
  decompressWeights,
} from './compress/quantize/entropy/compress-weights.ts';
export type { WeightParts } from './compress/quantize/entropy/encode-weight.ts';
export {
  canonicalCode,
  countsOf,
  encodedBits,
  entropy,
  type HuffmanCode,
  huffmanCode,
  kraftSum,
  noCode,
} from './compress/quantize/entropy/huffman.ts';
export { type AbsorbOptions, absorbBias } from './compress/quantize/equalize/absorb-bias.ts';
export { type ActivationAware, type AwqOptions, activationAwareScaling, awq, awqFactors } from './compress/quantize/equalize/awq.ts';
export { type BiasCorrectionOptions, correctBias, correctBiasFromStatistics } from './compress/quantize/equalize/correct-bias.ts';
export {
  crossLayerEqualization,
  type Equalized,
  type EqualizeOptions,
  equalizeCrossLayers,
  equalizingFactors,
} from './compress/quantize/equalize/cross-layer.ts';
export { silenceDeadChannels } from './compress/quantize/equalize/dead-channels.ts';
export { expectedInputs } from './compress/quantize/equalize/expected-inputs.ts';
export { expectedRelu } from './compress/quantize/equalize/expected-relu.ts';
export { type Joint, jointsOf } from './compress/quantize/equalize/joints.ts';
export {
  batchNormStatistics,
  type ChannelStatistics,
  dividedStatistics,
  type OutputStatistics,
  outputStatistics,
} from './compress/quantize/equalize/output-statistics.ts';
export { type PlantOptions, plantOutliers, plantScales } from './compress/quantize/equalize/plant-scales.ts';
export { type SmoothQuantOptions, smoothingFactors, smoothQuant } from './compress/quantize/equalize/smooth-quant.ts';
export { foldBatchNorm } from './compress/quantize/fold/batch-norm.ts';
export { type AffineFormat, affineFormat, codesOf, type ScaleAndZeroPoint, scaleAndZeroPoint } from './compress/quantize/format/affine.ts';
export {
  addFixedPoint,
  type FixedPoint,
  fixedPointFormat,
  fromFixedPoint,
  multiplyFixedPoint,
  toFixedPoint,
} from './compress/quantize/format/fixed-point.ts';
export { decodeFloat, encodeFloat, type FloatFormatOptions, floatFormat, floatNumbers } from './compress/quantize/format/float.ts';
export { decodeFloat32, encodeFloat32, type Float32Parts } from './compress/quantize/format/float32.ts';
export type { Format, Geometry } from './compress/quantize/format/format.ts';
export {
  decodeInteger,
  encodeInteger,
  type IntegerCode,
  type IntegerFormat,
  integerRange,
} from './compress/quantize/format/integer-codes.ts';
export { logarithmicFormat } from './compress/quantize/format/logarithmic.ts';
export { axis, channel, type Granularity, group, tensor } from './compress/quantize/granularity/granularity.ts';
export { type MicroexponentOptions, microexponents } from './compress/quantize/granularity/microexponents.ts';
export { type FormatAndGranularity, type VsQuantOptions, vsQuant } from './compress/quantize/granularity/vs-quant.ts';
export type { Interval } from './compress/quantize/interval.ts';
export type { MaskedValue, WeightChoice } from './compress/quantize/masked-value.ts';
export { type QuantizeModelOptions, quantizeModel } from './compress/quantize/quantize.ts';
export {
  fakeQuantizeValue,
  type QuantizedValue,
  quantizeValue,
  quantizeWeights,
  type Scheme,
} from './compress/quantize/quantize-weights.ts';
export { type AciqDistribution, type AciqOptions, aciq, aciqClip } from './compress/quantize/range/aciq.ts';
export { type QuantizationError, quantizationError } from './compress/quantize/range/error.ts';
export { type KlOptions, kl } from './compress/quantize/range/kl.ts';
export { minMax } from './compress/quantize/range/min-max.ts';
export { type MovingAverageOptions, movingAverage } from './compress/quantize/range/moving-average.ts';
export { type MseOptions, mse } from './compress/quantize/range/mse.ts';
export { percentile } from './compress/quantize/range/percentile.ts';
export type { Histogram, RangeMethod, Statistics } from './compress/quantize/range/range.ts';
export { type StatisticsOptions, statisticsOf } from './compress/quantize/range/statistics.ts';
export {
  type ActivationRecipe,
  type ActivationScheme,
  activationScheme,
  type LayerRecipe,
  type Recipe,
  type WeightRecipe,
  weightScheme,
} from './compress/quantize/recipe.ts';
export type { FormatKinds, GranularityKinds, KindOf, RangeKinds, RoundingKinds } from './compress/quantize/recipe-kinds.ts';
export { type AdaRoundOptions, adaRound, type LearnedRounding, learnRounding } from './compress/quantize/reconstruct/ada-round.ts';
export { type GptqOptions, gptq, gptqCodes } from './compress/quantize/reconstruct/gptq.ts';
export { outputErrors, type RoundingProblem } from './compress/quantize/reconstruct/problem.ts';
export type { ReconstructOptions } from './compress/quantize/reconstruct/reconstruct-layers.ts';
export { nearest } from './compress/quantize/rounding/nearest.ts';
export type { Codes, Rounding, Target } from './compress/quantize/rounding/rounding.ts';
export { stochastic } from './compress/quantize/rounding/stochastic.ts';
export { doReFa, doReFaWeight } from './compress/quantize/schedule/do-refa.ts';
export {
  type IncrementalOptions,
  nearestPower,
  type PowerRange,
  powerRange,
  quantizeIncrementally,
} from './compress/quantize/schedule/inq.ts';
export { firstStep, learnedSteps, slowSteps, stepGradientScale } from './compress/quantize/schedule/lsq.ts';
export { type ClipOptions, clipActivations, clipLevels, pact } from './compress/quantize/schedule/pact.ts';
export { type QuantizationAwareOptions, quantizationAware } from './compress/quantize/schedule/quantization-aware.ts';
export { type GradientBits, quantizedGradient, quantizeGradients } from './compress/quantize/schedule/quantized-gradients.ts';
export { type Slope, scaledGradient, slopeWithin, straightThrough } from './compress/quantize/schedule/straight-through.ts';
export { type TechniqueOptions, type TrainQuantizedOptions, trainQuantized } from './compress/quantize/schedule/train-quantized.ts';
export type { TrainedBits, WeightTraining } from './compress/quantize/schedule/weight-training.ts';
export { type AffineOptions, affine } from './model/quantization/affine.ts';
export { type CodebookOptions, codebook } from './model/quantization/codebook.ts';
export type { NumberFormatName, SmallFloatName } from './model/quantization/number-formats.ts';
export type { Affine, Codebook, Quantization, QuantizedScale, Scale } from './model/quantization/quantization.ts';
export { roundHalfEven } from './tensor/round.ts';
export { perAxis, perGroup, perTensor } from './tensor/tiles.ts';
