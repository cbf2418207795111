import { replaceNode } from '../../../model/edit.ts';
import { type Model, nodeOf, type Parameter, withParameters } from '../../../model/model.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';

/**
 * The model with a number for each output channel added to the bias of a layer, which gets one if it has none.
 * @throws LabError `quantize/bias` for a bias that is quantized or that another node shares.
 */
export function addToBias(model: Model, id: string, added: Float64Array): Model {
  const { op, attributes, parameters } = nodeOf(model, id);
  const name = parameters.bias;
  if (name === undefined) {
    const bias = Object.freeze({ value: array([added.length], Float32Array.from(added)), trainable: true });
    const kernel = model.parameters[parameters.kernel as string] as Parameter;
    return replaceNode(model, id, {
      op: op as 'dense',
      attributes: { ...attributes, bias: true },
      names: parameters,
      parameters: { kernel, bias },
    });
  }
  const bias = model.parameters[name] as Parameter;
  const sharers = model.nodes.filter(node => Object.values(node.parameters).includes(name));
  if (bias.quantization || sharers.length > 1)
    throw new LabError(
      'quantize/bias',
      `Node ${id}: its bias ${name} is ${bias.quantization ? 'quantized' : `shared by ${sharers.length} nodes`}, so nothing can be added to it.`,
      'Correct biases before they are quantized, and give each layer its own.',
    );
  const value = array(
    bias.value.shape,
    Float32Array.from(bias.value.data, (b, c) => b + added[c]),
  );
  return withParameters(model, { [name]: { value } });
}
