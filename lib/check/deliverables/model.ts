import type { Model } from '../../model/model.ts';
import { checkedModel, decodeModel, encodeModel } from '../../model/serialize.ts';
import type { ModelLimits } from '../../model/validate.ts';
import { type DeliverableKind, kindOf } from './kind.ts';

/** A model: its values in NAME.safetensors, its graph in NAME.json, which names them, so that a save cut short is refused. */
export const model: DeliverableKind<ModelLimits> = {
  holds: wire => kindOf(wire) === 'model',
  wrote: ({ format }) => format === 'tinylab model',
  encode: value => {
    const { graph, values } = encodeModel(checkedModel(value as Model));
    return [
      ['.safetensors', values],
      ['.json', graph],
    ];
  },
  decode: ({ json, file }, limits) => decodeModel({ graph: json, values: file('.safetensors') }, limits),
};
