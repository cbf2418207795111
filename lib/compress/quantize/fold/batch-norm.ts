import { channelAxes } from '../../../model/channel-axes.ts';
import { removeNode, replaceNode } from '../../../model/edit.ts';
import { type Model, type Node, nodeOf, outputNodes, type Parameter } from '../../../model/model.ts';
import type { BatchNormAttributes } from '../../../model/ops/batch-norm.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { sizeOf } from '../../../tensor/shape.ts';

const layers: ReadonlySet<string> = new Set(['conv2d', 'depthwise-conv2d', 'conv2d-transpose', 'dense']);

/**
 * The model with every batch norm that follows a convolution, transposed or not, or a dense layer worked into it, with the same outputs up to rounding:
 * W' = W · γ / √(σ² + ε) for each output channel, b' = β + (b - μ) · γ / √(σ² + ε). A layer that something else reads too, or that shares its
 * parameters with another, keeps its batch norm. Masks stay. Jacob et al. 2018, equation 14; computed in double precision.
 * @throws LabError `quantize/fold` for a layer whose weights are quantized already.
 */
export function foldBatchNorm(model: Model): Model {
  return model.nodes.filter(({ op }) => op === 'batch-norm').reduce((folded, { id }) => foldOne(folded, nodeOf(folded, id)), model);
}

function foldOne(model: Model, norm: Node): Model {
  const layer = nodeOf(model, norm.inputs[0] as string);
  if (!layers.has(layer.op) || isShared(model, layer)) return model;
  const { kernel, bias } = parametersOf(model, layer);
  if (kernel.quantization || bias?.quantization)
    throw new LabError(
      'quantize/fold',
      `Node ${layer.id}: its weights are quantized; the batch norm ${norm.id} would move them off their grid.`,
      'Fold first, then quantize: quantizeWeights(foldBatchNorm(model), …).',
    );
  const { factor, offset } = affineOf(model, norm);
  const value = array(kernel.value.shape, scaledChannels(kernel.value, { factor, axes: channelAxes[layer.op] as readonly number[] }));
  const moved = offset.map((beta, c) => beta + ((bias?.value.data[c] as number | undefined) ?? 0) * (factor[c] as number));
  const names = { ...layer.parameters, bias: layer.parameters.bias ?? `${layer.id}.bias` };
  const withBias = replaceNode(model, layer.id, {
    op: layer.op as 'conv2d',
    attributes: { ...layer.attributes, bias: true },
    names,
    parameters: {
      kernel: Object.freeze({ ...kernel, value }),
      bias: Object.freeze({ trainable: kernel.trainable, ...bias, value: array([moved.length], Float32Array.from(moved)) }),
    },
  });
  return removeNode(withBias, norm.id);
}

/** What a batch norm does to channel c: x · factor[c] + offset[c]. */
function affineOf(model: Model, norm: Node): { readonly factor: Float64Array; readonly offset: Float64Array } {
  const { epsilon } = norm.attributes as BatchNormAttributes;
  const of = (role: string): ArrayLike<number> => (model.parameters[norm.parameters[role] as string] as Parameter).value.data;
  const [gamma, beta, mean, variance] = [of('gamma'), of('beta'), of('mean'), of('variance')];
  const factor = Float64Array.from(gamma, (g, c) => g / Math.sqrt((variance[c] as number) + epsilon));
  return { factor, offset: factor.map((f, c) => (beta[c] as number) - (mean[c] as number) * f) };
}

/** Every weight times the factor of the output channel that it works for. */
function scaledChannels(
  { data, shape }: NDArray,
  { factor, axes }: { readonly factor: Float64Array; readonly axes: readonly number[] },
): Float32Array {
  const inner = sizeOf(shape.slice((axes.at(-1) as number) + 1));
  return Float32Array.from(data, (w, i) => w * (factor[Math.floor(i / inner) % factor.length] as number));
}

function isShared(model: Model, layer: Node): boolean {
  const readers = model.nodes.filter(({ inputs }) => inputs.includes(layer.id));
  const own = new Set(Object.values(layer.parameters));
  const twin = model.nodes.some(({ id, parameters }) => id !== layer.id && Object.values(parameters).some(name => own.has(name)));
  return readers.length > 1 || twin || outputNodes(model).has(layer.id);
}

function parametersOf(model: Model, { parameters }: Node): { readonly kernel: Parameter; readonly bias?: Parameter } {
  const bias = parameters.bias === undefined ? undefined : model.parameters[parameters.bias];
  return { kernel: model.parameters[parameters.kernel as string] as Parameter, ...(bias && { bias }) };
}
