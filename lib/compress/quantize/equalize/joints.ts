import { type ChannelAxis, type ChannelGroup, channelGroups } from '../../../model/channels/groups.ts';
import { type Graph, type Node, nodeOf } from '../../../model/model.ts';
import { type Segment, segmentsOf } from './segments.ts';

/**
 * Channels between the layers that make them and the layers that read them, with nothing between but ReLU, pooling, views and sums, so that a factor
 * 1/s on what makes a channel and s on what reads it changes no output.
 */
export interface Joint {
  /** The first node that makes the channels; `node:index` where its channels fall into several groups. */
  readonly name: string;
  readonly channels: number;
  /** Kernels, biases, and γ, β of normalisations: divided together. */
  readonly makers: readonly ChannelAxis[];
  /** Kernels: multiplied. */
  readonly readers: readonly ChannelAxis[];
  /** For each node whose value has these channels along its last axis: their indices there, those of channel 0 first. */
  readonly values: Readonly<Record<string, Int32Array>>;
  /** ReLU6 nodes between, which a factor would move away from their bound. */
  readonly clamps: readonly string[];
}

/** Roles that a factor on a node's output goes into. */
const made: ReadonlySet<string> = new Set(['kernel', 'bias', 'gamma', 'beta', 'scale']);

/**
 * Every joint of a graph, in its order: pairs of layers with a ReLU between, chains through depthwise convolutions (two joints each), sums of
 * branches (all their layers at once), normalisations and the layers behind them. What touches an input, an output, a parameter that several nodes
 * share, a sigmoid, a softmax, or a quantized activation is none.
 * @example
 * const net = network('net', [4, 4, 1]).conv2d(2).relu().depthwiseConv2d(3).relu().conv2d(3, 1).relu().flatten().dense(2).graph();
 * jointsOf(net).map(({ name, readers }) => `${name} → ${readers[0]?.node}`);
 * // → ['conv2d-1 → depthwise-conv2d-1', 'depthwise-conv2d-1 → conv2d-2', 'conv2d-2 → dense-1']
 */
export function jointsOf(graph: Graph): readonly Joint[] {
  const segmentOf = segmentsOf(graph);
  const segments = [...new Set(segmentOf.values())].filter(({ barred }) => !barred);
  const groups = channelGroups(graph);
  return segments.flatMap(segment =>
    groups.flatMap(group => {
      const joint = jointOf(graph, { segment, segmentOf, group });
      return joint ? [joint] : [];
    }),
  );
}

interface Place {
  readonly segment: Segment;
  readonly segmentOf: ReadonlyMap<string, Segment>;
  readonly group: ChannelGroup;
}

function jointOf(graph: Graph, { segment, segmentOf, group }: Place): Joint | undefined {
  const reads = ({ inputs }: Node): boolean => inputs.some(id => segmentOf.get(id) === segment);
  const makers = group.members.filter(({ node, side, role }) => side !== 'in' && made.has(role) && segmentOf.get(node) === segment);
  const readers = group.members.filter(({ node, side, role }) => side !== 'out' && role === 'kernel' && reads(nodeOf(graph, node)));
  const [first] = makers;
  if (!first || readers.length === 0) return undefined;
  const here = segment.nodes.filter(id => group.values[id]);
  return Object.freeze({
    name: group.name.includes(':') ? `${first.node}:${first.positions[0]}` : first.node,
    channels: group.channels,
    makers: Object.freeze(makers),
    readers: Object.freeze(readers),
    values: Object.freeze(Object.fromEntries(here.map(id => [id, group.values[id] as Int32Array]))),
    clamps: segment.clamps.filter(id => group.values[id]),
  });
}
