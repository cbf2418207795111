import type { Dataset } from '../../../data/dataset.ts';
import { patches } from '../../../inspect/layer-inputs.ts';
import { solveSymmetric } from '../../../inspect/least-squares.ts';
import { type Model, type Node, withParameters } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { upload } from '../../../tensor/upload.ts';
import type { Examples } from '../../../train/examples.ts';
import type { WeightChoice } from '../masked-value.ts';
import {
  divisibleWeights,
  productValue,
  type VectorClusters,
  type VectorCoded,
  type VectorLine,
  vectorCoded,
  vectorPlace,
  vectorsOf,
} from './product.ts';
import { assigned, type Metric, type Metrics, type Vectors } from './vectors.ts';

/** Product quantization that looks at what layers read; vectors lie along the axis that an output sums over. */
export interface ActivationAwareProductOptions extends VectorClusters, Omit<VectorLine, 'axis'>, WeightChoice {
  /** Images; labels are not used. */
  readonly data: Dataset | Examples;
  /** Places of a convolution's output that are drawn from each image; default 10. */
  readonly places?: number;
}

/** A kernel by vectors of a code book, and what that does to the layer's output. */
export interface ActivationAwareProduct extends VectorCoded {
  /** ‖X W - X Ŵ‖² / samples, of the code book that is returned. */
  readonly outputError: number;
  /** The same of plain product quantization, where this begins. */
  readonly plainError: number;
}

/** A kernel, and what its layer reads: [samples, rows of the kernel]. */
export interface KernelAndInputs {
  readonly kernel: NDArray;
  readonly inputs: NDArray;
}

/**
 * A kernel [..., in, out] by product quantization that keeps the layer's outputs, not its weights: minimises ‖X (W - Ŵ)‖² over inputs X [samples, rows of
 * the kernel]. Expectation: each vector v becomes the entry c of least (v - c)ᵀ G_b (v - c), with G_b = X_bᵀ X_b / samples, the inputs that meet its
 * rows b. Maximisation: c = (Σ G_b)⁻¹ Σ G_b v over its vectors. That leaves out what errors of different rows do together, so that the output may get
 * worse: of all iterations, and of plain product quantization, from which it starts, the one of least output error is taken. Stock et al. 2020 (And the
 * bit goes down), section 3, which has one G for all rows.
 * @throws LabError `shape/mismatch` for inputs of another width, and the errors of `productValue`.
 */
export function activationAwareValue(
  { kernel, inputs }: KernelAndInputs,
  options: VectorClusters & Omit<VectorLine, 'axis'>,
  where = 'The kernel',
): ActivationAwareProduct {
  const { length, iterations = 25 } = options;
  const place = vectorPlace(kernel.shape, { length }, where);
  const outputs = kernel.shape.at(-1) as number;
  const rows = kernel.data.length / outputs;
  const [samples = 0, width] = inputs.shape;
  if (width !== rows || samples === 0)
    throw new LabError(
      'shape/mismatch',
      `${where}: it has ${rows} rows, and the inputs are [${inputs.shape}].`,
      'patches(model, id, …) gives them.',
    );
  const plain = productValue({ value: kernel }, options, where);
  const errorOf = (coded: VectorCoded): number => outputError({ kernel, inputs }, realValue({ ...coded, trainable: false }));
  const vectors = vectorsOf(kernel, place);
  const metrics: Metrics = { of: metricsOf(inputs, length), which: i => Math.floor(i / outputs) };
  const plainError = errorOf(plain);
  let best: ActivationAwareProduct = { ...plain, outputError: plainError, plainError };
  let entries = plain.quantization.entries.data as Float32Array;
  let codes: Int32Array = Int32Array.from(plain.value.data);
  for (let n = 0; n < iterations; n++) {
    entries = weightedMeans(vectors, { codes, entries, metrics });
    const found = assigned(vectors, entries, metrics).codes;
    const coded = vectorCoded({ codes: found, entries }, { shape: kernel.shape, place });
    const error = errorOf(coded);
    if (error < best.outputError) best = { ...coded, outputError: error, plainError };
    const same = found.every((code, i) => code === codes[i]);
    codes = found;
    if (same) break;
  }
  return best;
}

/** ‖X (W - Ŵ)‖² / samples. */
function outputError({ kernel, inputs }: KernelAndInputs, quantized: NDArray): number {
  const [samples = 1, rows = 1] = inputs.shape;
  return tf.tidy(() => {
    const away = tf.sub(upload(kernel), upload(quantized)).reshape([rows, -1]);
    return (tf.sum(tf.square(tf.matMul(upload(inputs) as tf.Tensor2D, away as tf.Tensor2D))).dataSync()[0] as number) / samples;
  });
}

/** G of each `length` neighbouring inputs. */
function metricsOf({ shape: [samples = 1, rows = 0], data }: NDArray, length: number): Metric[] {
  return Array.from({ length: rows / length }, (_, block) => {
    const metric = new Float64Array(length * length);
    for (let n = 0; n < samples; n++) {
      const first = n * rows + block * length;
      for (let i = 0; i < length; i++)
        for (let j = 0; j < length; j++) metric[i * length + j] += (data[first + i] * data[first + j]) / samples;
    }
    return metric;
  });
}

/** Each entry the best for its vectors; one without vectors, or whose vectors meet no input, stays. */
function weightedMeans(
  { data, length }: Vectors,
  { codes, entries, metrics }: { readonly codes: Int32Array; readonly entries: Float32Array; readonly metrics: Metrics },
): Float32Array {
  const square = length * length;
  const left = new Float64Array((entries.length / length) * square);
  const right = new Float64Array(entries.length);
  for (let i = 0; i < codes.length; i++) {
    const metric = metrics.of[metrics.which(i)];
    const c = codes[i];
    for (let k = 0; k < square; k++) left[c * square + k] += metric[k];
    for (let k = 0; k < length; k++)
      for (let j = 0; j < length; j++) right[c * length + k] += metric[k * length + j] * data[i * length + j];
  }
  const means = Float32Array.from(entries);
  for (let c = 0; c < entries.length / length; c++) {
    const own = left.slice(c * square, (c + 1) * square);
    if (own.every(x => x === 0)) continue;
    means.set(solveSymmetric(own, right.slice(c * length, (c + 1) * length), length), c * length);
  }
  return means;
}

const layers: ReadonlySet<string> = new Set(['conv2d', 'dense']);

/**
 * The model with the kernels of its convolutions and dense layers by activation-aware product quantization, one after the other, each with what it reads
 * from the layers that are quantized already. Without names, all kernels are taken whose inputs the vectors divide.
 * @throws LabError `quantize/vector`, `quantize/layer` for a weight of no such layer, and as `activationAwareValue`.
 * @example
 * const data = strokeGlyphs({ count: 32, seed: 1 });
 * const model = activationAwareProductQuantize(mlp({ hidden: [16], seed: 1 }), { data, length: 4, entries: 16, iterations: 5 });
 * model.parameters['dense-2.kernel'].value.shape; // → [4, 10]
 */
export function activationAwareProductQuantize(model: Model, options: ActivationAwareProductOptions): Model {
  const { data, places, seed, parameters, ...how } = options;
  const names = new Set(parameters ?? divisibleWeights(model, how).filter(name => layerOf(model, name)));
  let now = model;
  for (const name of names) if (!layerOf(model, name)) throw noLayer(model, name);
  for (const { id, parameters: own } of model.nodes) {
    const name = own.kernel;
    if (name === undefined || !names.delete(name)) continue;
    const inputs = patches(now, id, { data, places, seed });
    const kernel = realValue(now.parameters[name]);
    const { value, quantization } = activationAwareValue({ kernel, inputs }, { ...how, seed }, `Parameter ${name}`);
    now = withParameters(now, { [name]: { value, quantization } });
  }
  return now;
}

/** The layer whose kernel a parameter is, where each output sums over all of its inputs. */
function layerOf({ nodes, parameters }: Model, name: string): Node | undefined {
  return nodes.find(({ op, attributes, parameters: own }) => {
    const whole = ((attributes as { groups?: number }).groups ?? 1) === 1;
    return own.kernel === name && layers.has(op) && whole && parameters[name] !== undefined;
  });
}

const noLayer = (model: Model, name: string): LabError =>
  new LabError(
    'quantize/layer',
    `Model ${model.name}: ${name} is the kernel of no dense layer and of no convolution without groups.`,
    'productQuantize looks at weights alone, and takes any.',
  );
