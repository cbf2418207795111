import { channelAxesOf } from '../../model/channel-axes.ts';
import { type Model, type Parameter, withParameters } from '../../model/model.ts';
import { realValue } from '../../model/real-value.ts';
import { unknownParameter, weightNames } from '../../model/weights.ts';
import type { NDArray } from '../../tensor/array.ts';

/** A float32 weight with what must stay 0 in it. */
export interface MaskedValue {
  readonly value: NDArray;
  /** 1 = kept; the others are 0. */
  readonly mask?: NDArray;
  /** The axes that together count output channels, for granularities that ask for them; default the last one. */
  readonly channelAxes?: readonly number[];
}

/** Which weights of a model. */
export interface WeightChoice {
  /** Names of parameters; default all weights: kernels and embeddings. */
  readonly parameters?: readonly string[];
}

/**
 * The model with some parameters changed by what `change` makes of their real numbers, their mask and what messages call them.
 * @throws LabError `quantize/parameter` for a name that the model lacks.
 */
export function withWeights(
  model: Model,
  { parameters = weightNames(model) }: WeightChoice,
  change: (weight: MaskedValue, where: string) => Partial<Parameter>,
): Model {
  const changes = parameters.map(name => {
    const parameter = model.parameters[name];
    if (!parameter) throw unknownParameter(model, name, 'quantize/parameter');
    const { mask } = parameter;
    return [
      name,
      change({ value: realValue(parameter), channelAxes: channelAxesOf(model, name), ...(mask && { mask }) }, `Parameter ${name}`),
    ] as const;
  });
  return withParameters(model, Object.fromEntries(changes));
}
