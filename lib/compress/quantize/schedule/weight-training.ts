import type { Model } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import { unknownParameter, weightNames } from '../../../model/weights.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { TrainingHooks } from '../../../train/hooks.ts';

/** A way to quantize weights while they are trained: `trainQuantized` takes it as its `technique`. For one run of `fit`. */
export interface WeightTraining {
  /** For `fit`, alone or joined with others: the forward pass uses quantized weights. */
  readonly hooks: TrainingHooks;
  /** What `fit` gave with these hooks, its weights stored as the integers that the forward pass used last. */
  quantized(trained: Model): Model;
}

/** Which weights a technique takes, and how many bits each gets. */
export interface TrainedBits {
  /** 2–8; one number for all, or that of each parameter; one without a number stays float32. */
  readonly bits: number | ((parameter: string) => number | undefined);
  /** Names of the parameters; default: all weights. */
  readonly parameters?: readonly string[];
}

/** A weight of a technique. */
export interface TrainedWeight {
  readonly name: string;
  readonly bits: number;
  /** Its real numbers at the start, finite. */
  readonly value: NDArray;
}

/**
 * The weights that options name, with their bits.
 * @throws LabError `quantize/parameter`, `quantize/bits`.
 */
export function trainedWeights(model: Model, options: TrainedBits): readonly TrainedWeight[] {
  const { bits: bitsOf, parameters = weightNames(model) } = options;
  return parameters.flatMap(name => {
    const parameter = model.parameters[name];
    if (!parameter) throw unknownParameter(model, name, 'quantize/parameter');
    const bits = typeof bitsOf === 'function' ? bitsOf(name) : bitsOf;
    if (bits === undefined) return [];
    if (!(Number.isInteger(bits) && bits >= 2 && bits <= 8))
      throw new LabError(
        'quantize/bits',
        `Parameter ${name}: weights that are trained have 2 to 8 bits; got ${bits}.`,
        'One bit a weight is binarize.',
      );
    return [{ name, bits, value: realValue(parameter) }];
  });
}
