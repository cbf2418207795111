import type { Dataset } from '../../data/dataset.ts';
import type { Graph, Model, Node } from '../../model/model.ts';
import { weightNames } from '../../model/weights.ts';
import { LabError } from '../../tensor/errors.ts';
import type { Examples } from '../../train/examples.ts';
import { activationStatistics } from './activations/calibrate.ts';
import { fixedInterval } from './activations/fixed-grids.ts';
import { activationPlaces } from './activations/places.ts';
import { quantizeActivations } from './activations/quantize-activations.ts';
import { foldBatchNorm } from './fold/batch-norm.ts';
import { affineFormat } from './format/affine.ts';
import { quantizeWeights, type Scheme } from './quantize-weights.ts';
import { type ActivationScheme, activationScheme, type LayerRecipe, type Recipe, weightScheme } from './recipe.ts';
import { assertFields } from './recipe-kinds.ts';

/** What quantizing a model takes besides the recipe. */
export interface QuantizeModelOptions {
  /** Calibration data, 100 to 1,000 examples: needed where activations are quantized. */
  readonly data?: Dataset | Examples;
  /** Is called after each batch of each pass of calibration with the number of examples that are done, and of all. */
  readonly onBatch?: (done: number, count: number) => void;
}

/**
 * Quantization after training, all of it: batch norms are folded into their layers, weights become integers or code books, ranges of activations are
 * calibrated with those weights, and `fake-quantize` nodes round the activations. What comes back is a Model: it runs, trains (straight through its
 * roundings), is saved, counted, and lowered to a program of integers. What the recipe does not name stays float32. Jacob et al. 2018;
 * Krishnamoorthi 2018.
 * @throws LabError `quantize/recipe` for what is no recipe, with the path in it, `quantize/layer` for a layer that there is not, `quantize/data`
 * where activations lack data, and the errors of the techniques with the parameter's or the node's name.
 * @example
 * const model = mlp({ input: [4], hidden: [8], classes: 2, seed: 1 });
 * const recipe = { weights: { format: { kind: 'affine', bits: 4, symmetric: true } } };
 * const quantized = quantizeModel(model, recipe);
 * modelSize(quantized); // → (4 * 8 + 8 * 2) / 2 + 4 * (8 + 2) + 4 * (8 + 2)
 */
export function quantizeModel(model: Model, recipe: Recipe, { data, onBatch }: QuantizeModelOptions = {}): Model {
  assertFields(recipe, ['weights', 'activations', 'foldBatchNorm', 'layers'], 'The recipe');
  const { weights, activations, layers = {} } = recipe;
  for (const [id, layer] of Object.entries(layers)) {
    if (!model.nodes.some(node => node.id === id)) throw unknownLayer(model, id);
    assertFields(layer, ['weights', 'activations'], `layers.${id}`);
  }
  const base = { weights, activations };
  const folded = (recipe.foldBatchNorm ?? true) ? foldBatchNorm(model) : model;
  const quantized = withWeights(folded, base, layers);
  const schemes = activationSchemes(quantized, base, layers);
  if (schemes.size === 0) return quantized;
  if (!data)
    throw new LabError(
      'quantize/data',
      'Ranges of activations come from data; got none.',
      'Give 100 to 1,000 examples: quantizeModel(model, recipe, { data }).',
    );
  return withActivations(quantized, schemes, { data, ...(onBatch && { onBatch }) });
}

function unknownLayer(model: Model, id: string): LabError {
  return new LabError(
    'quantize/layer',
    `Model ${model.name} has no layer ${id}.`,
    `Its layers: ${model.nodes.map(node => node.id).join(', ')}.`,
  );
}

type Layers = Readonly<Record<string, LayerRecipe>>;

/** Weights by their layers' schemes; a parameter that several layers share follows the first. */
function withWeights(model: Model, base: LayerRecipe, layers: Layers): Model {
  const common = base.weights ? weightScheme(base.weights) : undefined;
  return weightNames(model).reduce((changed, name) => {
    const id = model.nodes.find(({ parameters }) => Object.values(parameters).includes(name))?.id ?? '';
    const own = layers[id]?.weights;
    const scheme: Scheme | undefined = own === undefined ? common : own ? weightScheme(own, `layers.${id}.weights`) : undefined;
    return scheme ? quantizeWeights(changed, { ...scheme, parameters: [name] }) : changed;
  }, model);
}

/** The scheme of each node whose value becomes integers. */
function activationSchemes(model: Model, base: LayerRecipe, layers: Layers): ReadonlyMap<string, ActivationScheme> {
  const places = new Set(activationPlaces(model));
  const schemes = new Map<string, ActivationScheme>();
  if (base.activations) {
    const common = activationScheme(base.activations);
    for (const id of places) schemes.set(id, common);
  }
  for (const [id, { activations }] of Object.entries(layers)) {
    if (activations === undefined || !model.nodes.some(node => node.id === id)) continue;
    const place = placeOf(model, id, places);
    if (!place)
      throw new LabError(
        'quantize/layer',
        `layers.${id}.activations: that value keeps the grid of what it reads.`,
        `Stored values: ${[...places].join(', ')}.`,
      );
    if (activations === null) schemes.delete(place);
    else schemes.set(place, activationScheme(activations, `layers.${id}.activations`));
  }
  return schemes;
}

/** The node itself, or what follows it alone (batch norm, ReLU), where a value is stored. */
function placeOf(graph: Graph, id: string, places: ReadonlySet<string>): string | undefined {
  if (places.has(id)) return id;
  const [reader, ...others] = graph.nodes.filter(({ inputs }) => inputs.includes(id)) as [Node?, ...Node[]];
  const follows = reader && others.length === 0 && ['batch-norm', 'relu', 'relu6'].includes(reader.op);
  return follows ? placeOf(graph, reader.id, places) : undefined;
}

function withActivations(
  model: Model,
  schemes: ReadonlyMap<string, ActivationScheme>,
  { data, onBatch }: { readonly data: Dataset | Examples } & QuantizeModelOptions,
): Model {
  const nodes = [...schemes].filter(([id, { format }]) => !fixedInterval(model, id, format)).map(([id]) => id);
  const needs = [...schemes.values()].every(({ range }) => range.needs === 'extremes') ? 'extremes' : 'all';
  const statistics = activationStatistics(model, data, { nodes, needs, ...(onBatch && { onBatch }) });
  return [...schemes].reduce((changed, [id, { format, range }]) => {
    const found = statistics.get(id);
    const interval = found ? range.interval(found, affineFormat({ ...format, restricted: false })) : fixedInterval(model, id, format);
    return interval ? quantizeActivations(changed, { intervals: { [id]: interval }, format }) : changed;
  }, model);
}
