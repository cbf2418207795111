import type { Shape } from '../../tensor/shape.ts';
import type { Model, Node, Parameter } from '../model.ts';
import { opOf } from '../ops/index.ts';
import { realShape } from '../quantization/quantization.ts';
import { inferShapes } from '../shapes.ts';
import type { ChannelAxis, ChannelGroup } from './groups.ts';
import type { Widths } from './rule.ts';
import { assertCuttable, takeFromParameter } from './take.ts';

/** For each group the channels that stay, in their new order; groups that are not named stay as they are. */
export type Selection = ReadonlyMap<ChannelGroup, readonly number[]>;

/**
 * Cuts channels out of a model, or moves them: on every axis of a group the place of channel k takes what channel kept[k] held, and places beyond
 * the last are gone. Layers say their new widths; masks, scales and code books go along. Values of axes that stay are not copied.
 * @throws LabError `prune/quantization` when it would tear the tiles or vectors of a quantization apart.
 */
export function selectChannels(model: Model, selection: Selection): Model {
  for (const { members } of selection.keys())
    for (const { parameter, axis } of members) assertCuttable(parameter, model.parameters[parameter] as Parameter, axis);
  const parameters = { ...model.parameters };
  for (const [name, places] of placesOf(model, selection)) parameters[name] = takeFromParameter(parameters[name] as Parameter, places);
  return Object.freeze({ ...model, nodes: resized(model, selection), parameters: Object.freeze(parameters) });
}

/** For each parameter and each of its axes: where the values of the new axis come from. */
function placesOf(model: Model, selection: Selection): ReadonlyMap<string, ReadonlyMap<number, Int32Array>> {
  const sources = new Map<string, Map<number, Int32Array>>();
  for (const [group, kept] of selection)
    for (const member of group.members) {
      const axes = sources.get(member.parameter) ?? new Map<number, Int32Array>();
      const shape = realShape(model.parameters[member.parameter] as Parameter);
      const axis = axes.get(member.axis) ?? Int32Array.from({ length: shape[member.axis] as number }, (_, i) => i);
      move(axis, member, kept);
      sources.set(member.parameter, axes.set(member.axis, axis));
    }
  for (const axes of sources.values())
    for (const [axis, places] of axes)
      axes.set(
        axis,
        places.filter(place => place >= 0),
      );
  return sources;
}

/** Writes into the group's places of an axis what they are to hold; -1 marks a place that goes. */
function move(axis: Int32Array, { positions, copies }: ChannelAxis, kept: readonly number[]): void {
  for (const [place, position] of positions.entries()) {
    const channel = kept[Math.floor(place / copies)];
    axis[position] = channel === undefined ? -1 : (positions[channel * copies + (place % copies)] as number);
  }
}

/** The nodes with the attributes that say how many channels they have. */
function resized(model: Model, selection: Selection): readonly Node[] {
  const shapes = inferShapes(model);
  const removed = new Map<string, number>();
  for (const [{ channels, values }, kept] of selection)
    for (const [node, { length }] of Object.entries(values))
      removed.set(node, (removed.get(node) ?? 0) + length - (length / channels) * kept.length);
  const widthsOf = (id: string): Widths => {
    const before = (shapes.get(id) as Shape).at(-1) ?? 1;
    return { before, after: before - (removed.get(id) ?? 0) };
  };
  const resize = (node: Node): Node => {
    const rule = opOf(node.op).coupling.resize;
    if (!rule) return node;
    const attributes = rule(node.attributes, { input: widthsOf(node.inputs[0] as string), output: widthsOf(node.id) });
    return Object.freeze({ ...node, attributes: Object.freeze({ ...node.attributes, ...attributes }) });
  };
  return Object.freeze(model.nodes.map(resize));
}
