import { insertAfter } from '../../../model/edit.ts';
import { type Model, nodeOf } from '../../../model/model.ts';
import { array } from '../../../tensor/array.ts';
import { type AffineFormat, scaleAndZeroPoint } from '../format/affine.ts';
import type { Interval } from '../interval.ts';

/** Where activations become integers, and of which grid. */
export interface ActivationOptions {
  /** The interval of each value, by the id of its node. */
  readonly intervals: Readonly<Record<string, Interval>>;
  /** Integers; full range, since zero points are free. */
  readonly format: AffineFormat;
}

/**
 * The model with a `fake-quantize` node `ID.quantize` after each node that has an interval: it rounds the value to the grid, in inference and in
 * training, where its scale and zero point are trained parameters. Lowering reads it as the grid of the integers that the node stores.
 * @throws LabError `model/node` for an unknown node.
 */
export function quantizeActivations(model: Model, { intervals, format }: ActivationOptions): Model {
  const full = { ...format, restricted: false };
  const { bits, signed = true } = format;
  return Object.entries(intervals).reduce((quantized, [id, interval]) => {
    const { scale, zeroPoint } = scaleAndZeroPoint(interval, full);
    const parameter = (value: number) => ({ value: array([1], [value]), trainable: true });
    return insertAfter(quantized, nodeOf(model, id).id, {
      op: 'fake-quantize',
      id: `${id}.quantize`,
      attributes: { bits, signed, perChannel: false },
      parameters: { scale: parameter(scale), 'zero-point': parameter(zeroPoint) },
    });
  }, model);
}
