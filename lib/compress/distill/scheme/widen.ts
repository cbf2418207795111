import { type ChannelGroup, channelGroups } from '../../../model/channels/groups.ts';
import { selectChannels } from '../../../model/channels/surgery.ts';
import { initialize } from '../../../model/initialize.ts';
import { type Graph, type Model, mapParameters, type Node } from '../../../model/model.ts';
import { opOf } from '../../../model/ops/index.ts';
import { inferShapes } from '../../../model/shapes.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Shape } from '../../../tensor/shape.ts';

/** A narrower network inside of a wide one: the first channels of each group. */
export interface Slice {
  /** The narrow network, with values of its own that stand for nothing. */
  readonly model: Model;
  /** By parameter: where each of its values stands in the wide network's, both flattened. */
  readonly places: Readonly<Record<string, Int32Array>>;
}

/**
 * The graph with `ratio` times as many channels in every group that may be cut (rounded): what reads and what makes the images and the classes stays as it is.
 * @throws LabError `distill/ratio` for a ratio that is no finite number of 1 or more, or when no group may be widened.
 * @example
 * inferShapes(distill.widened(vgg({ widths: [4, 'M', 8] }), 2)).get('conv2d-1'); // → [28, 28, 8]
 */
export function widened(graph: Graph, ratio: number): Graph {
  if (!(Number.isFinite(ratio) && ratio >= 1))
    throw new LabError('distill/ratio', `A network is widened by a ratio of 1 or more; got ${ratio}.`, 'Usual is 2 or 3.');
  const shapes = inferShapes(graph);
  const added = new Map<string, number>();
  for (const { channels, values } of wideGroups(graph))
    for (const [node, { length }] of Object.entries(values))
      added.set(node, (added.get(node) ?? 0) + (length / channels) * (wide(channels, ratio) - channels));
  const widthsOf = (id: string): { before: number; after: number } => {
    const before = (shapes.get(id) as Shape).at(-1) ?? 1;
    return { before, after: before + (added.get(id) ?? 0) };
  };
  const resize = (node: Node): Node => {
    const rule = opOf(node.op).coupling.resize;
    if (!rule) return node;
    const attributes = rule(node.attributes, { input: widthsOf(node.inputs[0] as string), output: widthsOf(node.id) });
    return Object.freeze({ ...node, attributes: Object.freeze({ ...node.attributes, ...attributes }) });
  };
  const { name, output, outputs } = graph;
  return Object.freeze({ name: `${name}, ${ratio} times as wide`, nodes: graph.nodes.map(resize), output, ...(outputs && { outputs }) });
}

/** The network with the first channels of `widest`: as many as `graph` widened by `ratio` has. */
export function sliceOf(graph: Graph, { widest, ratio }: { readonly widest: Graph; readonly ratio: number }): Slice {
  const channels = new Map(wideGroups(graph).map(group => [group.name, wide(group.channels, ratio)]));
  const kept = wideGroups(widest).map(
    group => [group, Array.from({ length: channels.get(group.name) ?? group.channels }, (_, i) => i)] as const,
  );
  const places = mapParameters(initialize(widest), ({ value: { shape, data }, trainable }) => ({
    value: array(
      shape,
      Int32Array.from(data, (_, i) => i),
      'int32',
    ),
    trainable,
  }));
  const { parameters, ...narrow } = selectChannels(places, new Map(kept));
  return {
    model: initialize(narrow),
    places: Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value.data as Int32Array])),
  };
}

function wideGroups(graph: Graph): readonly ChannelGroup[] {
  const groups = channelGroups(graph).filter(({ fixed }) => fixed === undefined);
  if (groups.length > 0) return groups;
  throw new LabError('distill/ratio', `No channels of ${graph.name} may be widened.`, 'A network needs a hidden layer.');
}

const wide = (channels: number, ratio: number): number => Math.round(channels * ratio);
