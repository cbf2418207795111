import type { ChannelGroup } from '../../../../lib/model/channels/groups.ts';
import { type Model, mapParameters, type Parameter } from '../../../../lib/model/model.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { sizeOf } from '../../../../lib/tensor/shape.ts';

/**
 * The dense network with channels silenced where they are made and on their way, never where they are read: filters, biases, scales and shifts
 * of these channels are 0, so with activations that give 0 for 0 the channel is 0 wherever it flows.
 */
export function silenced(model: Model, removed: ReadonlyMap<ChannelGroup, readonly number[]>): Model {
  const values = new Map(Object.entries(model.parameters).map(([name, p]) => [name, Float32Array.from(realValue(p).data)]));
  for (const [{ members }, channels] of removed)
    for (const { side, role, parameter, axis, positions, copies } of members) {
      if (side === 'in' || role === 'mean' || role === 'variance') continue;
      const { shape } = (model.parameters[parameter] as Parameter).value;
      const gone = new Set(channels.flatMap(channel => [...positions.subarray(channel * copies, (channel + 1) * copies)]));
      const inner = sizeOf(shape.slice(axis + 1));
      const data = values.get(parameter) as Float32Array;
      for (let i = 0; i < data.length; i++) if (gone.has(Math.floor(i / inner) % (shape[axis] as number))) data[i] = 0;
    }
  return mapParameters(model, (parameter, name) => ({ ...parameter, value: array(parameter.value.shape, values.get(name) ?? []) }));
}
