import { channelAxesOf } from '../../../model/channel-axes.ts';
import { type Model, type Parameter, withParameters } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import { unknownParameter, weightNames } from '../../../model/weights.ts';
import { tf } from '../../../tensor/tf.ts';
import { upload } from '../../../tensor/upload.ts';
import type { NamedTensors, TrainingHooks } from '../../../train/hooks.ts';
import type { Scheme } from '../quantize-weights.ts';
import { type GridOf, gridOf, storedByGrid, throughGrid } from './weight-grid.ts';
import type { WeightTraining } from './weight-training.ts';

/** How weights are quantized while they are trained. */
export interface QuantizationAwareOptions {
  /** One scheme for all, or that of each parameter; one without a scheme stays float32. */
  readonly weights: Scheme | ((parameter: string) => Scheme | undefined);
  /** Names of the parameters; default: all weights. */
  readonly parameters?: readonly string[];
  /** Whether ranges are taken anew of the weights in each step, or once of those that training starts from; default `each-step`. */
  readonly ranges?: 'each-step' | 'start';
}

/** A parameter that is quantized along a training run. */
interface AwareWeight {
  readonly name: string;
  readonly scheme: Scheme;
  readonly gridOf: GridOf;
}

/** The weights that options name, each with what quantizes it. */
function awareWeights(model: Model, options: QuantizationAwareOptions): readonly AwareWeight[] {
  const { weights, parameters = weightNames(model), ranges = 'each-step' } = options;
  return parameters.flatMap(name => {
    const parameter = model.parameters[name];
    if (!parameter) throw unknownParameter(model, name, 'quantize/parameter');
    const asked = typeof weights === 'function' ? weights(name) : weights;
    if (!asked) return [];
    const scheme = { channelAxes: channelAxesOf(model, name), ...asked };
    const where = `Parameter ${name}`;
    const first = ranges === 'start' ? { value: realValue(parameter), where } : undefined;
    return [{ name, scheme, gridOf: gridOf(scheme, first) }];
  });
}

/**
 * Hooks that show the loss quantized weights: the forward pass uses what `quantizeWeights` would make of them, while the optimizer moves float32
 * ones, which keep changes smaller than a step. The gradient goes straight through, 0 where a range clips. Masked weights stay 0. The model that
 * `fit` returns holds the float32 weights: quantize them with the same scheme, or let `trainQuantized` do both. Jacob et al. 2018, section 3.
 * @throws LabError `quantize/parameter` for a name that the model lacks; in training those of `quantizeValue`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const weights = { format: quantize.affineFormat({ bits: 4, symmetric: true }), granularity: quantize.axis(-1) };
 * const model = mlp({ hidden: [16] });
 * const aware = await fit(model, data, { hooks: quantizationAware(model, { weights }), learningRate: 0.01 });
 * const quantized = quantizeWeights(aware, weights);
 */
export function quantizationAware(model: Model, options: QuantizationAwareOptions): TrainingHooks {
  return awareTraining(model, options).hooks;
}

/** The hooks, and how what they trained is stored. */
export function awareTraining(model: Model, options: QuantizationAwareOptions): WeightTraining {
  const weights = awareWeights(model, options);
  const hooks: TrainingHooks = {
    parameters(parameters: NamedTensors): NamedTensors {
      const shown = weights.map(({ name, ...grid }) => {
        const real = throughGrid(parameters[name] as tf.Tensor, { ...grid, where: `Parameter ${name}` });
        const mask = model.parameters[name]?.mask;
        return [name, mask ? tf.mul(real, upload(mask)) : real];
      });
      return Object.fromEntries(shown);
    },
  };
  const stored =
    (trained: Model) =>
    ({ name, ...grid }: AwareWeight) =>
      [name, storedByGrid(realValue(trained.parameters[name] as Parameter), { ...grid, where: `Parameter ${name}` })] as const;
  return { hooks, quantized: trained => withParameters(trained, Object.fromEntries(weights.map(stored(trained)))) };
}
