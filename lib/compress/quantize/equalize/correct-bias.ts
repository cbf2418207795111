import type { Dataset } from '../../../data/dataset.ts';
import { type Model, type Node, nodeOf } from '../../../model/model.ts';
import { weightValue } from '../../../model/weights.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Examples } from '../../../train/examples.ts';
import { addToBias } from './add-to-bias.ts';
import { expectedInputs } from './expected-inputs.ts';
import { type OutputStatistics, outputStatistics } from './output-statistics.ts';
import { passageOf } from './passage.ts';

/** What biases are corrected by. */
export interface BiasCorrectionOptions {
  /** The model before it was quantized: the same nodes, neither folded nor equalized since. */
  readonly reference: Model;
}

/**
 * The quantized model with biases that take the mean error of each layer's outputs away: b ← b - (E[ŷ] - E[y]), where ŷ is what the layer gives in
 * the quantized model and y in the reference, over all examples and places. Layer by layer in the order of the network, so that later layers see
 * what was corrected before. Nagel et al. 2019, section 4.2, from data.
 * @throws LabError `quantize/bias` for models that don't go together, or a bias that is quantized; `train/examples`.
 */
export function correctBias(quantized: Model, { reference, data }: BiasCorrectionOptions & { readonly data: Dataset | Examples }): Model {
  const ids = layersOfBoth(quantized, reference).map(({ id }) => id);
  const wanted = outputStatistics(reference, data, ids);
  return ids.reduce((corrected, id) => {
    const { mean } = outputStatistics(corrected, data, [id])[id] as OutputStatistics[string];
    const aim = wanted[id] as OutputStatistics[string];
    return addToBias(
      corrected,
      id,
      aim.mean.map((m, c) => m - mean[c]),
    );
  }, quantized);
}

/**
 * As `correctBias`, without data: b ← b - Σ ε · E[x] with ε = Ŵ - W and E[x] what the layer reads on average, by what the batch norms know
 * (`expectedInputs`). Layers of which that is not known, as the first one, stay as they are; so do borders, where a convolution reads zeros.
 * Nagel et al. 2019, section 4.2 and appendix C.
 * @throws LabError `quantize/bias`.
 */
export function correctBiasFromStatistics(
  quantized: Model,
  { reference, statistics }: BiasCorrectionOptions & { readonly statistics: OutputStatistics },
): Model {
  const expected = expectedInputs(reference, statistics);
  return layersOfBoth(quantized, reference).reduce((corrected, node) => {
    const mean = expected.get(node.id);
    return mean ? addToBias(corrected, node.id, outputShift({ quantized, reference }, node, mean)) : corrected;
  }, quantized);
}

/** -Σ ε · E[x] for each output channel. */
function outputShift(models: { quantized: Model; reference: Model }, node: Node, mean: Float64Array): Float64Array {
  const kernel = (model: Model) => weightValue(model, nodeOf(model, node.id).parameters.kernel as string);
  const [now, was] = [kernel(models.quantized), kernel(models.reference)];
  const { output, input } = channelsOf(node, was.shape);
  const shift = new Float64Array(output.count);
  for (let i = 0; i < was.data.length; i++) shift[output.of(i)] -= (now.data[i] - was.data[i]) * mean[input(i) % mean.length];
  return shift;
}

/** The output and the input channel of the weight at a flat index of a kernel. */
function channelsOf({ op, attributes }: Node, shape: readonly number[]) {
  const [rows, last] = shape.slice(-2) as [number, number];
  if (op === 'depthwise-conv2d')
    return { output: { count: rows * last, of: (i: number) => i % (rows * last) }, input: (i: number) => Math.floor(i / last) % rows };
  if (op === 'conv2d-transpose')
    return { output: { count: rows, of: (i: number) => Math.floor(i / last) % rows }, input: (i: number) => i % last };
  const groups = op === 'conv2d' ? (attributes.groups as number) : 1;
  const group = (i: number): number => Math.floor(((i % last) * groups) / last);
  return { output: { count: last, of: (i: number) => i % last }, input: (i: number) => group(i) * rows + (Math.floor(i / last) % rows) };
}

/** The layers, each with its twin in the reference. */
function layersOfBoth(quantized: Model, reference: Model): readonly Node[] {
  const twins = new Map(reference.nodes.map(({ id, op }) => [id, op]));
  const layers = quantized.nodes.filter(({ op }) => passageOf(op) === 'layer');
  const stray = layers.find(({ id, op }) => twins.get(id) !== op);
  if (!stray) return layers;
  throw new LabError(
    'quantize/bias',
    `Node ${stray.id} (${stray.op}) of the quantized model has no twin in the reference ${reference.name}.`,
    'The reference is the folded, equalized float model that was quantized.',
  );
}
