import type { Dataset } from '../../../data/dataset.ts';
import type { Model } from '../../../model/model.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import { joinHooks } from '../../../train/join-hooks.ts';
import type { FitOptions } from '../../../train/options.ts';
import { awareTraining, type QuantizationAwareOptions } from './quantization-aware.ts';
import type { WeightTraining } from './weight-training.ts';

/** Training, and how weights are quantized in it. */
export interface TrainQuantizedOptions extends FitOptions, QuantizationAwareOptions {}

/** Training, and a technique with quantized weights of its own: `learnedSteps` (LSQ), `doReFa`. */
export interface TechniqueOptions extends FitOptions {
  /** Made of the model that is trained; for one run. */
  readonly technique: WeightTraining;
}

/**
 * Quantization-aware training: `fit` with `quantizationAware`, after which the weights are stored as integers. `fake-quantize` nodes of activations
 * train along; other hooks come first. Compare it with the same training followed by rounding. Jacob et al. 2018, section 3.
 * @throws LabError `quantize/parameter` before training, and as `quantizeValue` and `fit`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const weights = { format: quantize.affineFormat({ bits: 2 }), granularity: quantize.axis(-1) };
 * const model = await trainQuantized(mlp({ hidden: [16] }), data, { weights, epochs: 2, learningRate: 0.01 });
 * model.parameters['dense-1.kernel'].quantization.bits; // → 2
 */
export async function trainQuantized(
  model: Model,
  data: Dataset | Examples,
  options: TrainQuantizedOptions | TechniqueOptions,
): Promise<Model> {
  const { technique, ...training } = 'technique' in options ? options : awareOptions(model, options);
  return technique.quantized(await fit(model, data, { ...training, hooks: joinHooks(training.hooks, technique.hooks) }));
}

function awareOptions(model: Model, { weights, parameters, ranges, ...training }: TrainQuantizedOptions): TechniqueOptions {
  return { ...training, technique: awareTraining(model, { weights, parameters, ranges }) };
}
