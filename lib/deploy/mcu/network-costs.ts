import type { Graph } from '../../model/model.ts';
import { type TracedNode, trace } from '../../model/shapes.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { inspectProgram } from '../inspect-program.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import type { MacKind } from './devices.ts';

/** What a network asks of a device. */
export interface NetworkCosts {
  /** What its memory is planned with. */
  readonly program: Program;
  /** Bytes of weights, biases, tables, and multipliers with their shifts. */
  readonly constantBytes: number;
  /** Multiply-accumulates by the kind of layer. */
  readonly macs: Readonly<Record<MacKind, number>>;
}

/** Bytes of a multiplier and its shift, and of a bias, for each output channel. */
const channelBytes = { requantization: 8, bias: 4 } as const;

const kindOf = (op: string): MacKind => (op === 'depthwise-conv2d' ? op : op.startsWith('conv2d') ? 'conv2d' : 'dense');

function byKind(layers: readonly { readonly kind: MacKind; readonly macs: number }[]): Record<MacKind, number> {
  const sums = { conv2d: 0, 'depthwise-conv2d': 0, dense: 0 };
  for (const { kind, macs } of layers) sums[kind] += macs;
  return sums;
}

/** The costs of a program as it stands. */
export function costsOfProgram(program: Program): NetworkCosts {
  const { steps, constantBytes } = inspectProgram(program);
  // steps with the same ones share them, as patches of one layer do
  const lists = new Map(
    program.steps.flatMap(({ attributes: { multiplier, shift } }) =>
      Array.isArray(multiplier) ? [[`${multiplier}/${shift}`, multiplier.length]] : [],
    ),
  );
  const requantization = [...lists.values()].reduce((sum, length) => sum + channelBytes.requantization * length, 0);
  return {
    program,
    constantBytes: constantBytes + requantization,
    macs: byKind(steps.map(({ op, macs }) => ({ kind: kindOf(op), macs }))),
  };
}

/**
 * The costs of a network that is not quantized yet, as if it were: values and weights of 8 bits, batch norms in the convolutions before them, a bias, a multiplier and
 * a shift for each output channel.
 */
export function costsOfGraph(graph: Graph): NetworkCosts {
  const nodes = trace(graph);
  const layers = nodes.map(node => ({
    kind: isDepthwise(node) ? ('depthwise-conv2d' as const) : kindOf(node.node.op),
    macs: node.op.macs?.(node.inputs, node.output, node.node.attributes) ?? 0,
  }));
  return { program: plannedGraph(graph, nodes), constantBytes: weightBytes(nodes), macs: byKind(layers) };
}

function isDepthwise({ node: { op, attributes }, inputs: [image], output }: TracedNode): boolean {
  const channels = image?.at(-1);
  return channels === output.at(-1) && (op === 'depthwise-conv2d' || (op === 'conv2d' && attributes.groups === channels && channels !== 1));
}

/** Kernels of one byte a weight with what each channel needs; a parameter that several nodes share counts once. */
function weightBytes(nodes: readonly TracedNode[]): number {
  const seen = new Set<string>();
  let bytes = 0;
  for (const { node, op, parameters, output } of nodes) {
    for (const [role, { shape }] of Object.entries(parameters)) {
      const name = node.parameters[role] as string;
      if (seen.has(name) || role === 'bias' || op.name === 'batch-norm') continue;
      seen.add(name);
      bytes += sizeOf(shape);
      if (role === 'kernel') bytes += (output.at(-1) as number) * (channelBytes.bias + channelBytes.requantization);
    }
  }
  return bytes;
}

/** The graph as a program of int8 that is planned and never run: it has the sizes, lifetimes and what is computed in place. */
function plannedGraph(graph: Graph, nodes: readonly TracedNode[]): Program {
  const tensors: ProgramTensor[] = nodes.map(({ node, output }) => ({ name: node.id, shape: [1, ...output], type: 'int8' }));
  const place = new Map(nodes.map(({ node }, index) => [node.id, index]));
  const steps: Step[] = [];
  for (const [index, traced] of nodes.entries()) {
    const { node, op } = traced;
    if (node.op === 'input') continue;
    const inputs = node.inputs.map(id => place.get(id) as number);
    if (isDepthwise(traced)) {
      const [height, width] = (traced.parameters.kernel as { shape: Shape }).shape;
      const weight =
        tensors.push({
          name: `${node.id}/kernel`,
          shape: [1, height as number, width as number, traced.output.at(-1) as number],
          type: 'int8',
        }) - 1;
      steps.push({ op: 'depthwise-conv2d', inputs: [...inputs, weight], outputs: [index], attributes: node.attributes });
    } else steps.push({ op: op.inPlace ? 'reshape' : 'concat', inputs, outputs: [index], attributes: {} });
  }
  const inputs = [...nodes.keys()].filter(index => nodes[index]?.node.op === 'input');
  const outputs = [graph.output, ...Object.values(graph.outputs ?? {})].map(id => place.get(id) as number);
  return { name: graph.name, tensors, steps, inputs, outputs };
}
