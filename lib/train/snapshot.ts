import { type Model, withParameters } from '../model/model.ts';
import { download } from '../tensor/upload.ts';
import type { NamedTensors } from './hooks.ts';

/** The model with the values that training has reached; integers that a parameter stood for are gone. What the model lacks is left out. */
export function snapshot(model: Model, variables: NamedTensors): Model {
  const values = Object.entries(variables)
    .filter(([name]) => Object.hasOwn(model.parameters, name))
    .map(([name, variable]) => [name, { value: download(variable), quantization: undefined }]);
  return withParameters(model, Object.fromEntries(values));
}
