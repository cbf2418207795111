import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import type { Model } from './model.ts';
import { realValue } from './real-value.ts';

/** Names of the weights: trained parameters with two axes or more (kernels); biases and normalisation are none. */
export function weightNames(model: Model): readonly string[] {
  return Object.keys(model.parameters).filter(name => {
    const parameter = model.parameters[name];
    return parameter?.trainable && parameter.value.shape.length >= 2;
  });
}

/** The real numbers of a parameter, float32; masked ones may still hold a value. */
export function weightValue(model: Model, name: string): NDArray {
  const parameter = model.parameters[name];
  if (!parameter) throw unknownParameter(model, name);
  return parameter.value.dtype === 'float32' && !parameter.quantization ? parameter.value : realValue(parameter);
}

/** The error for a name that no parameter has, by the code of the family that looked for it. */
export function unknownParameter(model: Model, name: string, code = 'prune/parameter'): LabError {
  return new LabError(code, `Model ${model.name} has no parameter ${name}.`, `Its weights: ${weightNames(model).join(', ')}.`);
}
