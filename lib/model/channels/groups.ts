import { LabError } from '../../tensor/errors.ts';
import { type Graph, outputNodes } from '../model.ts';
import { opOf } from '../ops/index.ts';
import { type TracedNode, trace } from '../shapes.ts';
import { ChannelSets, type Labels, type Reason } from './channel-sets.ts';
import type { Side } from './rule.ts';

/** An axis of a parameter along which a group's channels lie. */
export interface ChannelAxis {
  readonly node: string;
  readonly op: string;
  readonly role: string;
  readonly parameter: string;
  readonly axis: number;
  readonly side: Side;
  /** How many indices of the axis one channel takes: one for each pixel after a flatten, one for each group of a grouped convolution. */
  readonly copies: number;
  /** Indices along the axis: those of channel k are positions[k · copies … (k + 1) · copies]. */
  readonly positions: Int32Array;
}

/** Channels that several layers share, so that they are cut in all of them or in none. */
export interface ChannelGroup {
  /** The node that makes the channels first; `node:index` where its channels fall into several groups. */
  readonly name: string;
  readonly channels: number;
  readonly members: readonly ChannelAxis[];
  /** For each node whose value has these channels along its last axis: their indices there, those of channel 0 first. */
  readonly values: Readonly<Record<string, Int32Array>>;
  /** Why the channels must all stay; absent when they may be pruned. */
  readonly fixed?: Reason;
}

/** An axis with the name of the channel at each position: of a parameter, or the last one of a node's value. */
interface LabelledAxis {
  readonly labels: Labels;
  readonly carrier?: Omit<ChannelAxis, 'copies' | 'positions'>;
  readonly node: string;
}

/**
 * Every group of channels that must be cut together, in the order in which the network makes them: coupled by residual additions,
 * concatenations, depthwise and grouped convolutions, batch norm, flattening. What touches the input or the output of the model is `fixed`.
 * After Fang et al. 2023 (DepGraph), with one rule for each op, in the op's file.
 * @example
 * const model = network('tiny', [4, 4, 1]).conv2d(8).batchNorm().relu().flatten().dense(2).model();
 * const [group] = channelGroups(model).filter(({ fixed }) => fixed === undefined);
 * group?.channels; // → 8
 * group?.members.map(({ parameter, copies }) => `${parameter} ${copies}`).at(-1); // → 'dense-1.kernel 16'
 */
export function channelGroups(graph: Graph): readonly ChannelGroup[] {
  const sets = new ChannelSets();
  const axes = labelledAxes(graph, sets).map(axis => ({ ...axis, labels: axis.labels.map(label => sets.rootOf(label)) }));
  const reasons = sets.reasons();
  const signatures = signaturesOf(axes, sets.size);
  const alike = new Map<string, number[]>();
  for (const [root, signature] of signatures.entries()) {
    if (sets.rootOf(root) !== root) continue;
    const key = `${signature} ${reasons.get(root) ?? ''}`;
    const roots = alike.get(key);
    if (roots) roots.push(root);
    else alike.set(key, [root]);
  }
  const groups = [...alike.values()];
  const places = placesOf(groups, axes, sets.size);
  return groups.map((roots, i) => {
    const [root] = roots as [number];
    const { node, index } = sets.makerOf(root);
    const reason = reasons.get(root);
    const name = index === 0 ? node : `${node}:${index}`;
    return Object.freeze({ name, channels: roots.length, ...(places[i] as Places), ...(reason === undefined ? {} : { fixed: reason }) });
  });
}

/** The groups that may be pruned. */
export function prunableGroups(graph: Graph): readonly ChannelGroup[] {
  return channelGroups(graph).filter(({ fixed }) => fixed === undefined);
}

/**
 * The group of this name.
 * @throws LabError `prune/group`.
 */
export function groupNamed(groups: readonly ChannelGroup[], name: string): ChannelGroup {
  const group = groups.find(candidate => candidate.name === name);
  if (group) return group;
  throw new LabError('prune/group', `There is no group of channels ${name}.`, `Groups: ${groups.map(g => g.name).join(', ')}.`);
}

/** Applies each node's rule in turn, and fixes the model's output. */
function labelledAxes(graph: Graph, sets: ChannelSets): readonly LabelledAxis[] {
  const values = new Map<string, Labels>();
  const parameters = new Map<string, LabelledAxis>();
  for (const traced of trace(graph)) values.set(traced.node.id, couple(traced, { sets, values, parameters }));
  for (const id of outputNodes(graph)) sets.fix(values.get(id) as Labels, 'they are the output of the model');
  return [...parameters.values(), ...[...values].map(([node, labels]) => ({ node, labels }))];
}

interface Found {
  readonly sets: ChannelSets;
  readonly values: ReadonlyMap<string, Labels>;
  readonly parameters: Map<string, LabelledAxis>;
}

function couple({ node, output }: TracedNode, { sets, values, parameters }: Found): Labels {
  const { id, op, attributes } = node;
  return opOf(op).coupling.couple({
    ...{ id, attributes, output },
    inputs: node.inputs.map(input => values.get(input) as Labels),
    make: count => sets.make(id, count),
    unite: (a, b) => sets.unite(a, b),
    fix: (labels, reason) => sets.fix(labels, reason),
    carry(role, axis, { side, channels }) {
      const parameter = node.parameters[role];
      if (parameter === undefined) return;
      const key = `${parameter} ${axis}`;
      const known = parameters.get(key);
      // a parameter that several nodes share is cut once, for all of them
      if (known) sets.unite(known.labels, channels);
      else parameters.set(key, { node: id, labels: channels, carrier: { node: id, op, role, parameter, axis, side } });
    },
  });
}

/**
 * A number for each set of channels that says on which axes it lies and how often: sets of one number can take each other's place. Refined
 * axis by axis: two sets that differ on one differ from then on.
 */
function signaturesOf(axes: readonly LabelledAxis[], size: number): Int32Array {
  const signatures = new Int32Array(size);
  const counts = new Int32Array(size);
  let used = 0;
  for (const { labels } of axes) {
    for (const root of labels) counts[root] = (counts[root] as number) + 1;
    const refined = new Map<number, number>();
    for (const root of labels) {
      const count = counts[root] as number;
      if (count === 0) continue;
      const key = (signatures[root] as number) * 2 ** 24 + count;
      if (!refined.has(key)) refined.set(key, ++used);
      signatures[root] = refined.get(key) as number;
      counts[root] = 0;
    }
  }
  return signatures;
}

type Places = Pick<ChannelGroup, 'members' | 'values'>;

/** For each group, given as the names of its sets, where it stands. */
function placesOf(groups: readonly (readonly number[])[], axes: readonly LabelledAxis[], size: number): readonly Places[] {
  const [groupOf, rankOf] = [new Int32Array(size), new Int32Array(size)];
  for (const [group, roots] of groups.entries())
    for (const [rank, root] of roots.entries()) {
      groupOf[root] = group;
      rankOf[root] = rank;
    }
  const found = groups.map(() => ({ members: [] as ChannelAxis[], values: {} as Record<string, Int32Array> }));
  for (const { labels, carrier, node } of axes) {
    const lengths = new Map<number, number>();
    for (const root of labels) lengths.set(groupOf[root] as number, (lengths.get(groupOf[root] as number) ?? 0) + 1);
    for (const [group, length] of lengths) {
      const channels = (groups[group] as readonly number[]).length;
      const copies = length / channels;
      const positions = new Int32Array(length);
      const filled = new Int32Array(channels);
      for (let position = 0; position < labels.length; position++) {
        const root = labels[position] as number;
        if (groupOf[root] !== group) continue;
        const rank = rankOf[root] as number;
        positions[rank * copies + (filled[rank] as number)] = position;
        filled[rank] = (filled[rank] as number) + 1;
      }
      const { members, values } = found[group] as (typeof found)[number];
      if (carrier) members.push(Object.freeze({ ...carrier, copies, positions }));
      else values[node] = positions;
    }
  }
  return found;
}
