import { receptiveField } from '../../measure/receptive-field.ts';
import { replaceNode } from '../../model/edit.ts';
import { type Graph, type Model, type Node, nodeOf, type Parameter } from '../../model/model.ts';
import type { OpName } from '../../model/ops/index.ts';
import type { Padding, Pair } from '../../model/window.ts';
import { filled, type NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';

/** What moves from where to where. */
export interface RedistributeOptions {
  /** The last node of the stage that will be computed patch by patch: windows up to it get smaller, those behind it larger. */
  readonly until: string;
  /** The smallest kernel that a window of the stage may come down to, odd; default 1. */
  readonly smallest?: number;
  /** The largest kernel that a window behind the stage may grow to, odd; default 7. */
  readonly largest?: number;
}

/** A convolution whose kernel can change without a change of shapes. */
interface Resizable {
  readonly id: string;
  readonly kernel: number;
}

/**
 * The network with its receptive field moved from the stage of patches to the layers behind it: kernels of the stage lose their outermost rows and columns,
 * 3 × 3 to 1 × 1, as far as they have stride 1, and depthwise kernels behind it gain some, the first ones first, until the network sees at least as much as before. Depth,
 * channels and shapes stay; patches read less of their neighbours, so they compute less twice. Of a model the weights that stay are kept and new ones are
 * 0, so train it again. Lin et al. 2021 (MCUNetV2), section 3.2.
 * @throws LabError `deploy/redistribute` for kernels that are no odd numbers from 1, a stage without kernels to shrink, quantized weights; `model/node`.
 * @example
 * const graph = network('net', [16, 16, 1]).conv2d(2, 3, { padding: 1 }).conv2d(2, 3, { padding: 1, id: 'last' }).depthwiseConv2d(3, { padding: 1 }).graph();
 * const moved = deploy.redistributeReceptiveField(graph, { until: 'last' });
 * [moved.nodes.slice(1).map(({ attributes }) => attributes.kernelSize[0]), receptiveField(moved)]; // → [[1, 1, 7], [7, 7]]
 */
export function redistributeReceptiveField<G extends Graph>(graph: G, { until, smallest = 1, largest = 7 }: RedistributeOptions): G {
  nodeOf(graph, until);
  for (const size of [smallest, largest])
    if (!Number.isInteger(size) || size < 1 || size % 2 === 0)
      refuse(`A kernel is an odd number from 1 on; got ${size}.`, 'Such as 1 and 7.');
  const place = graph.nodes.findIndex(({ id }) => id === until);
  const shrinking = graph.nodes
    .slice(0, place + 1)
    .flatMap(node => resizable(node, ({ strides, kernel }) => strides === 1 && kernel > smallest));
  if (shrinking.length === 0)
    refuse(`No kernel up to ${until} has stride 1 and more than ${smallest} × ${smallest} places.`, 'Choose a later node.');
  const before = receptiveField(graph);
  const shrunk = shrinking.reduce((net, { id, kernel }) => withKernel(net, id, Math.max(smallest, kernel - 2)), graph);
  return grown(shrunk, { place, largest, before });
}

/** Grows kernels behind the stage, the first one first, until as much is seen as before or none can grow. */
function grown<G extends Graph>(
  shrunk: G,
  { place, largest, before }: { readonly place: number; readonly largest: number; readonly before: Pair },
): G {
  let graph = shrunk;
  const sees = (): boolean => receptiveField(graph).every((now, axis) => now >= (before[axis] as number));
  for (let size = 3; size <= largest && !sees(); size += 2)
    for (const { id } of graph.nodes.slice(place + 1)) {
      const node = nodeOf(graph, id);
      const [layer] = node.op === 'depthwise-conv2d' ? resizable(node, ({ kernel }) => kernel < size) : [];
      if (!layer) continue;
      graph = withKernel(graph, id, size);
      if (sees()) return graph;
    }
  return graph;
}

/** The node as one whose kernel can change: odd, square, without dilation, with a border that can change along. */
function resizable(node: Node, wanted: (layer: { readonly strides: number; readonly kernel: number }) => boolean): readonly Resizable[] {
  if (node.op !== 'conv2d' && node.op !== 'depthwise-conv2d') return [];
  const { kernelSize, strides, dilations, padding } = node.attributes as unknown as Record<'kernelSize' | 'strides' | 'dilations', Pair> & {
    readonly padding: Padding;
  };
  const [kernel, other] = kernelSize;
  const plain = kernel === other && kernel % 2 === 1 && strides[0] === strides[1] && dilations.every(d => d === 1);
  const border = typeof padding === 'number' ? padding === (kernel - 1) / 2 : padding === 'same' && strides[0] === 1;
  return plain && border && wanted({ strides: strides[0], kernel }) ? [{ id: node.id, kernel }] : [];
}

/** The node with another kernel, its border changed along, so that its output keeps its shape. */
function withKernel<G extends Graph>(graph: G, id: string, size: number): G {
  const node = nodeOf(graph, id);
  const { padding } = node.attributes;
  const attributes = {
    ...node.attributes,
    kernelSize: [size, size],
    padding: typeof padding === 'number' ? (size - 1) / 2 : (padding as string),
  };
  const known = (graph as Partial<Model>).parameters;
  const given = known ? { parameters: resizedParameters(node, known, size) } : {};
  return replaceNode(graph, id, { op: node.op as OpName, attributes, names: node.parameters, ...given });
}

function resizedParameters(node: Node, known: Model['parameters'], size: number): Record<string, Parameter> {
  const entries = Object.entries(node.parameters).map(([role, name]): [string, Parameter] => {
    const parameter = known[name] as Parameter;
    if (role !== 'kernel') return [role, parameter];
    if (parameter.quantization) refuse(`The kernel of ${node.id} is quantized.`, 'Redistribute first, then train and quantize.');
    const { mask } = parameter;
    return [role, { ...parameter, value: centred(parameter.value, size, 0), ...(mask && { mask: centred(mask, size, 1) }) }];
  });
  return Object.fromEntries(entries);
}

/** A kernel [k, k, …] around the same centre with size × size places; new ones hold `value`. */
function centred({ shape, dtype, data }: NDArray, size: number, value: number): NDArray {
  const [old, , ...rest] = shape as readonly [number, number, ...number[]];
  const made = filled([size, size, ...rest], value, dtype as 'float32');
  const depth = rest.reduce((a, b) => a * b, 1);
  const move = (size - old) / 2;
  for (let i = 0; i < old; i++)
    for (let j = 0; j < old; j++) {
      const [row, column] = [i + move, j + move];
      if (row < 0 || row >= size || column < 0 || column >= size) continue;
      const from = (i * old + j) * depth;
      (made.data as Float32Array).set((data as Float32Array).subarray(from, from + depth), (row * size + column) * depth);
    }
  return made;
}

function refuse(message: string, hint: string): never {
  throw new LabError('deploy/redistribute', message, hint);
}
