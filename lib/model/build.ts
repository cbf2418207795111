import { LabError } from '../tensor/errors.ts';
import type { Shape } from '../tensor/shape.ts';
import { assertAttributes } from './attributes.ts';
import type {
  ConvOptions,
  DenseOptions,
  DepthwiseOptions,
  FakeQuantizeOptions,
  InputOptions,
  Named,
  PoolOptions,
  TransposeOptions,
} from './build-options.ts';
import { initialize } from './initialize.ts';
import type { Attributes, Graph, Model, Node } from './model.ts';
import { type ActivationName, opOf } from './ops/index.ts';
import { inferNode, specsOf } from './shapes.ts';
import { both, type Pair } from './window.ts';

/**
 * Writes a graph node by node. Each verb adds an op after the one written last and returns the builder; `at` names the last node, and
 * `from(id)` goes on from another one (branches). Shapes are inferred on the way, so a layer that does not fit is refused at its line.
 */
export class NetworkBuilder {
  readonly name: string;
  readonly #seed: number;
  readonly #nodes: Node[] = [];
  readonly #outputs: Map<string, string> = new Map();
  readonly #shapes: Map<string, Shape> = new Map();
  readonly #numbers: Map<string, number> = new Map();
  #at = '';

  constructor(name: string, shape: Shape, options: { readonly seed?: number } & InputOptions = {}) {
    const { seed = 0, id = 'input', ...input } = options;
    this.name = name;
    this.#seed = seed;
    this.input(shape, { id, ...input });
  }

  /** Another input, of this shape without the batch axis, and goes on from it. */
  input(shape: Shape, options: InputOptions = {}): this {
    const { dtype, ...named } = options;
    return this.apply('input', { shape, ...(dtype && { dtype }) }, { ...named, inputs: [] });
  }

  /** Names the value written last as a further output of the model. */
  output(name: string): this {
    if (name === 'output' || (this.#shapes.has(name) && name !== this.#at) || this.#outputs.has(name))
      throw new LabError('model/node', `The name ${name} of an output is taken.`, 'Names of outputs and nodes are unique.');
    this.#outputs.set(name, this.#at);
    return this;
  }

  /** Name of the node written last. */
  get at(): string {
    return this.#at;
  }

  /** Shape of the value of the node written last. */
  get shape(): Shape {
    return this.#shapes.get(this.#at) as Shape;
  }

  /** Goes on from the node `id`. */
  from(id: string): this {
    if (!this.#shapes.has(id))
      throw new LabError('model/node', `There is no node ${id} yet.`, `So far: ${[...this.#shapes.keys()].join(', ')}.`);
    this.#at = id;
    return this;
  }

  /** Adds any op by its name, with all its attributes. */
  apply(op: string, attributes: Attributes = {}, options: Named & { readonly inputs?: readonly string[] } = {}): this {
    const { id = this.#fresh(op), inputs = [this.#at] } = options;
    if (this.#shapes.has(id)) throw new LabError('model/node', `There is a node ${id} already.`, 'Names of nodes are unique.');
    const draft: Node = { id, op, attributes: Object.freeze({ ...attributes }), inputs: Object.freeze([...inputs]), parameters: {} };
    assertAttributes(draft, opOf(op).attributes);
    const shapes = inferNode(draft, this.#shapes);
    const roles = Object.keys(specsOf(draft, shapes.inputs));
    const parameters = Object.freeze(Object.fromEntries(roles.map(role => [role, `${id}.${role}`])));
    this.#nodes.push(Object.freeze({ ...draft, parameters }));
    this.#shapes.set(id, shapes.output);
    this.#at = id;
    return this;
  }

  #fresh(op: string): string {
    const number = (this.#numbers.get(op) ?? 0) + 1;
    this.#numbers.set(op, number);
    return `${op}-${number}`;
  }

  /** 2-D convolution; by default 3×3, stride 1, padding 'same', with a bias. */
  conv2d(filters: number, kernelSize: number | Pair = 3, options: ConvOptions = {}): this {
    const { strides = 1, padding = 'same', dilations = 1, groups = 1, bias = true, initial = 'he', ...named } = options;
    const window = { kernelSize: both(kernelSize), strides: both(strides), padding, dilations: both(dilations) };
    return this.apply('conv2d', { filters, ...window, groups, bias, initial }, named);
  }

  /** A convolution for each channel; by default 3×3, stride 1, padding 'same', with a bias. */
  depthwiseConv2d(kernelSize: number | Pair = 3, options: DepthwiseOptions = {}): this {
    const { strides = 1, padding = 'same', dilations = 1, multiplier = 1, bias = true, initial = 'he', ...named } = options;
    const window = { kernelSize: both(kernelSize), strides: both(strides), padding, dilations: both(dilations) };
    return this.apply('depthwise-conv2d', { multiplier, ...window, bias, initial }, named);
  }

  /** Transposed convolution; by default 3×3, stride 2, padding 'same' (twice the size), with a bias. */
  conv2dTranspose(filters: number, kernelSize: number | Pair = 3, options: TransposeOptions = {}): this {
    const { strides = 2, padding = 'same', bias = true, initial = 'he', ...named } = options;
    return this.apply('conv2d-transpose', { filters, kernelSize: both(kernelSize), strides: both(strides), padding, bias, initial }, named);
  }

  /** Fully connected layer over the last axis, with a bias unless told otherwise. */
  dense(units: number, options: DenseOptions = {}): this {
    const { bias = true, initial = 'he', ...named } = options;
    return this.apply('dense', { units, bias, initial }, named);
  }

  /** Batch normalisation over the last axis; `momentum` is the weight of the old running value. */
  batchNorm(options: Named & { readonly epsilon?: number; readonly momentum?: number } = {}): this {
    const { epsilon = 1e-5, momentum = 0.9, ...named } = options;
    return this.apply('batch-norm', { epsilon, momentum }, named);
  }

  /** Layer normalisation over the last axis. */
  layerNorm(options: Named & { readonly epsilon?: number } = {}): this {
    const { epsilon = 1e-5, ...named } = options;
    return this.apply('layer-norm', { epsilon }, named);
  }

  /** max(x, 0). */
  relu(options: Named = {}): this {
    return this.apply('relu', {}, options);
  }

  /** min(max(x, 0), 6). */
  relu6(options: Named = {}): this {
    return this.apply('relu6', {}, options);
  }

  /** x · slope where negative. */
  leakyRelu(slope = 0.01, options: Named = {}): this {
    return this.apply('leaky-relu', { slope }, options);
  }

  /** An activation by its name, with its attributes if it has any: `activation('leaky-relu', { slope: 0.1 })`. */
  activation(name: ActivationName | 'softmax', options: Named & Attributes = {}): this {
    const { id, ...attributes } = options;
    return this.apply(name, attributes, id === undefined ? {} : { id });
  }

  /** Largest value in each window; by default windows that do not overlap, padding 'valid'. */
  maxPool(kernelSize: number | Pair = 2, options: PoolOptions = {}): this {
    const { strides = kernelSize, padding = 'valid', ...named } = options;
    return this.apply('max-pool', { kernelSize: both(kernelSize), strides: both(strides), padding }, named);
  }

  /** Mean of each window; by default windows that do not overlap, padding 'valid'. */
  averagePool(kernelSize: number | Pair = 2, options: PoolOptions = {}): this {
    const { strides = kernelSize, padding = 'valid', ...named } = options;
    return this.apply('average-pool', { kernelSize: both(kernelSize), strides: both(strides), padding }, named);
  }

  /** A border of zeros, of mirrored or of repeated values; `sides` is [top, bottom, left, right] or one width. */
  pad(sides: number | readonly number[], options: Named & { readonly mode?: 'zero' | 'reflect' | 'replicate' } = {}): this {
    const { mode = 'zero', ...named } = options;
    return this.apply('pad', { sides: typeof sides === 'number' ? [sides, sides, sides, sides] : sides, mode }, named);
  }

  /** Mean over height and width. */
  globalAveragePool(options: Named = {}): this {
    return this.apply('global-average-pool', {}, options);
  }

  /** All axes in one. */
  flatten(options: Named = {}): this {
    return this.apply('flatten', {}, options);
  }

  /** The same values in another shape. */
  reshape(shape: Shape, options: Named = {}): this {
    return this.apply('reshape', { shape }, options);
  }

  /** Puts the values of other nodes after the last one's, along `axis` (channels by default). */
  concat(others: string | readonly string[], options: Named & { readonly axis?: number } = {}): this {
    const { axis = -1, ...named } = options;
    return this.apply('concat', { axis }, { ...named, inputs: [this.#at, ...[others].flat()] });
  }

  /** Adds the values of other nodes to the last one. */
  add(others: string | readonly string[], options: Named = {}): this {
    return this.apply('add', {}, { ...options, inputs: [this.#at, ...[others].flat()] });
  }

  /** Multiplies the values of other nodes into the last one, value by value; axes of length 1 are stretched. */
  mul(others: string | readonly string[], options: Named = {}): this {
    return this.apply('mul', {}, { ...options, inputs: [this.#at, ...[others].flat()] });
  }

  /** Matrix product of the last value with that of another node, over the last two axes of each. */
  matmul(other: string, options: Named & { readonly transposeA?: boolean; readonly transposeB?: boolean } = {}): this {
    const { transposeA = false, transposeB = false, ...named } = options;
    return this.apply('matmul', { transposeA, transposeB }, { ...named, inputs: [this.#at, other] });
  }

  /** The same values with the axes in another order; axes count without the batch. */
  transpose(permutation: readonly number[], options: Named = {}): this {
    return this.apply('transpose', { permutation }, options);
  }

  /** A trained factor for each channel. */
  scale(options: Named = {}): this {
    return this.apply('scale', {}, options);
  }

  /** A row of a trained table for each whole number of the last value: [… length] → [… length, width]. */
  embedding(vocabulary: number, width: number, options: Named = {}): this {
    return this.apply('embedding', { vocabulary, width }, options);
  }

  /** Rounds to the grid of a quantization, with a trained scale and zero point; by default 8 bits, signed, one scale for all values. */
  fakeQuantize(options: FakeQuantizeOptions = {}): this {
    const { bits = 8, signed = true, perChannel = false, ...named } = options;
    return this.apply('fake-quantize', { bits, signed, perChannel }, named);
  }

  /** The structure written so far; the last node is the output. */
  graph(): Graph {
    const outputs = this.#outputs.size > 0 ? { outputs: Object.freeze(Object.fromEntries(this.#outputs)) } : {};
    return Object.freeze({ name: this.name, nodes: Object.freeze([...this.#nodes]), output: this.#at, ...outputs });
  }

  /** The structure written so far with first values drawn from the builder's seed. */
  model(): Model {
    return initialize(this.graph(), { seed: this.#seed });
  }
}

/**
 * Starts a network that takes values of `shape` (without the batch axis; images are [height, width, channels]); `dtype: 'int32'` for whole
 * numbers such as token ids. `input` adds further ones.
 * @throws LabError `model/window`, `model/rank`, `model/attribute` … at the verb whose layer does not fit.
 * @example
 * const model = network('tiny', [28, 28, 1], { seed: 7 }).conv2d(8).relu().maxPool().flatten().dense(10).model();
 */
export function network(name: string, shape: Shape, options: { readonly seed?: number } & InputOptions = {}): NetworkBuilder {
  return new NetworkBuilder(name, shape, options);
}
