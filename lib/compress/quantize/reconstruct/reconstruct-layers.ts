import type { Dataset } from '../../../data/dataset.ts';
import { type PatchOptions, patches } from '../../../inspect/layer-inputs.ts';
import { channelAxes } from '../../../model/channel-axes.ts';
import { type Model, type Node, nodeOf, type Parameter, withParameters } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import { isArray, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { firstNotFinite } from '../../../tensor/finite.ts';
import { elementsOf } from '../../../tensor/pack.ts';
import { tileMap } from '../../../tensor/tiles.ts';
import type { Examples } from '../../../train/examples.ts';
import { gramProduct } from '../gram-product.ts';
import { crossMoments } from '../moments.ts';
import { type QuantizedValue, quantizeValue, type Scheme, storedCodes } from '../quantize-weights.ts';
import { type Block, blocksOf, reconstructible } from './blocks.ts';
import { neverWorseThanNearest, type RoundingProblem, type RoundingSolver } from './problem.ts';

/** Which layers are quantized, to which numbers, and on which examples their outputs are kept. */
export interface ReconstructOptions extends PatchOptions {
  /** Integers with one scale a tile; how they are rounded is what is looked for. */
  readonly scheme: Omit<Scheme, 'rounding'>;
  /** A few hundred examples. */
  readonly data: Dataset | Examples;
  /** Ids of convolutions and dense layers, in the order of the network; default all. */
  readonly layers?: readonly string[];
}

/** How a layer's codes are found. */
export interface Reconstruction {
  readonly solve: RoundingSolver;
  /**
   * `own`: outputs are to be what the weights in full precision give for the inputs that are quantized so far; `original`: what they gave in
   * the float model.
   */
  readonly target: 'own' | 'original';
}

/**
 * The model with the kernels of its convolutions and dense layers quantized one after the other, each by a solver that sees what the layer reads in
 * the model as far as it is quantized. An output is never worse than with nearest rounding on these inputs. Pruned weights stay 0.
 * @throws LabError `quantize/reconstruct` for a layer or a format that it does not handle, `quantize/finite`, `model/node`, `train/examples`.
 */
export function reconstructLayers(model: Model, options: ReconstructOptions, reconstruction: Reconstruction): Model {
  const layers = (options.layers ?? model.nodes.filter(({ op }) => reconstructible.has(op)).map(({ id }) => id)).map(id =>
    nodeOf(model, id),
  );
  const stray = layers.find(({ op }) => !reconstructible.has(op));
  if (stray)
    throw new LabError(
      'quantize/reconstruct',
      `Node ${stray.id} (${stray.op}) is no convolution and no dense layer.`,
      'quantizeWeights quantizes other weights.',
    );
  const done = new Set<string>();
  return layers.reduce((quantized, node) => {
    const kernel = node.parameters.kernel as string;
    if (done.has(kernel)) return quantized;
    done.add(kernel);
    return withParameters(quantized, { [kernel]: quantizedKernel({ model, quantized }, node, { ...options, ...reconstruction }) });
  }, model);
}

interface Models {
  readonly model: Model;
  readonly quantized: Model;
}

function quantizedKernel({ model, quantized }: Models, node: Node, options: ReconstructOptions & Reconstruction): QuantizedValue {
  const parameter = model.parameters[node.parameters.kernel as string] as Parameter;
  const weight = realValue(parameter);
  const scheme = { channelAxes: channelAxes[node.op], ...options.scheme };
  const start = quantizeValue(weight, scheme, `Parameter ${node.parameters.kernel}`);
  const x = inputsOf(quantized, node, options);
  const wanted = options.target === 'own' ? x : inputsOf(model, node, options);
  const grid = gridOf(start, node);
  const nearest = Int32Array.from(elementsOf(start.value));
  const codes = nearest.slice();
  for (const block of blocksOf(node, weight.shape)) {
    const problem = problemOf(block, { weight, x, wanted, grid, nearest, parameter, format: options.scheme.format });
    const found = neverWorseThanNearest(problem, options.solve(problem));
    for (const [i, at] of block.weights.entries()) codes[at] = found[i] as number;
  }
  return { value: storedCodes(weight.shape, codes, options.scheme.format), quantization: start.quantization };
}

function inputsOf(model: Model, node: Node, options: ReconstructOptions): NDArray {
  const x = patches(model, node.id, options);
  const broken = firstNotFinite(x.data as Float32Array);
  if (broken < 0) return x;
  throw new LabError(
    'quantize/finite',
    `What ${node.id} reads is not finite: ${x.data[broken]}.`,
    'Look for NaN in the data, and in the weights before it.',
  );
}

interface Grid {
  readonly scale: Float64Array;
  readonly zeroPoint: Float64Array;
}

/** Scale and zero point of each weight. */
function gridOf({ value, quantization }: QuantizedValue, { id }: Node): Grid {
  if (quantization.kind !== 'affine' || !isArray(quantization.scale))
    throw new LabError(
      'quantize/reconstruct',
      `Node ${id}: rounding is chosen between neighbours on a grid of integers with one scale a tile.`,
      'Use affineFormat, with granularity tensor(), axis() or group().',
    );
  const { rows, columns } = tileMap(value.shape, quantization.tile);
  const [scales, zeros] = [quantization.scale.data, quantization.zeroPoint?.data];
  const tileOf = (i: number): number => rows[Math.floor(i / columns.length)] + columns[i % columns.length];
  const length = rows.length * columns.length;
  return {
    scale: Float64Array.from({ length }, (_, i) => scales[tileOf(i)]),
    zeroPoint: Float64Array.from({ length }, (_, i) => zeros?.[tileOf(i)] ?? 0),
  };
}

interface Layer {
  readonly weight: NDArray;
  readonly x: NDArray;
  readonly wanted: NDArray;
  readonly grid: Grid;
  readonly nearest: Int32Array;
  readonly parameter: Parameter;
  readonly format: { readonly low: number; readonly high: number };
}

function problemOf({ columns, weights }: Block, layer: Layer): RoundingProblem {
  const { weight, x, wanted, grid, nearest, parameter, format } = layer;
  const rows = columns.length;
  const width = weights.length / rows;
  const pick = (data: ArrayLike<number>): Float64Array => Float64Array.from(weights, at => data[at]);
  const mask = parameter.mask?.data;
  const gram = crossMoments(x, x, columns);
  const cross = wanted === x ? gram : crossMoments(x, wanted, columns);
  const picked = pick(weight.data);
  return {
    ...{ rows, columns: width, weight: picked, gram, aim: Float64Array.from(gramProduct({ gram: cross, rows, columns: width }, picked)) },
    ...{ scale: pick(grid.scale), zeroPoint: pick(grid.zeroPoint), low: format.low, high: format.high },
    nearest: Int32Array.from(weights, at => nearest[at]),
    ...(mask && { pruned: Uint8Array.from(weights, at => (mask[at] === 0 ? 1 : 0)) }),
  };
}
