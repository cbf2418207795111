import type { Dataset } from '../../../data/dataset.ts';
import { eachWeight } from '../../../model/channels/along-axis.ts';
import type { Model } from '../../../model/model.ts';
import type { Examples } from '../../../train/examples.ts';
import { channelSizes } from './dense-inputs.ts';
import { jointsOf } from './joints.ts';
import { copiesOf, writtenBack } from './scale-joint.ts';

/**
 * The model with weights of 0 for what reads a channel that is 0 on all examples: outputs on these stay exactly the same. A batch norm behind such
 * a channel has a variance near 0, so that folding makes its weights a hundred times larger than the others, and one scale for the tensor then
 * serves nothing else; equalization would only spread them. Do it after folding and before equalizing.
 * @throws LabError `quantize/equalize` for weights that are quantized, `quantize/finite`, `train/examples`.
 */
export function silenceDeadChannels(model: Model, data: Dataset | Examples): Model {
  const joints = jointsOf(model);
  const sizes = channelSizes(model, joints, { data, of: 'largest' });
  const dead = joints.filter((_, j) => sizes[j].includes(0));
  if (dead.length === 0) return model;
  const copies = copiesOf(model, dead);
  for (const joint of dead)
    for (const reader of joint.readers) {
      const copy = copies.get(reader.parameter);
      const size = sizes[joints.indexOf(joint)];
      if (copy)
        eachWeight(copy, reader, (channel, _, index) => {
          if (size[channel] === 0) copy.data[index] = 0;
        });
    }
  return writtenBack(model, copies);
}
