import type { Model } from '../../../model/model.ts';
import { realShape } from '../../../model/quantization/quantization.ts';
import { LabError } from '../../../tensor/errors.ts';
import { sameShape } from '../../../tensor/shape.ts';
import { applyMasks, masksOf } from '../masks.ts';

/**
 * A ticket found on one task, for another: the masks of `ticket` on those weights of `model` that have the same name and shape; a head for other
 * classes stays dense, and values are those of `model`. Train it with `fit`. Morcos et al. 2019 (one ticket to win them all).
 * @throws LabError `prune/ticket` when no mask fits.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const [, found] = await lotteryTicket(mlp({ hidden: [16], classes: 10 }), data, { rounds: 1, rate: 0.5 });
 * const other = transferTicket(found.trained, mlp({ hidden: [16], classes: 3 }));
 * Object.keys(masksOf(other)); // → ['dense-1.kernel']
 */
export function transferTicket(ticket: Model, model: Model): Model {
  const fitting = Object.entries(masksOf(ticket)).filter(([name, mask]) => {
    const parameter = model.parameters[name];
    return parameter !== undefined && sameShape(realShape(parameter), mask.shape);
  });
  if (fitting.length === 0)
    throw new LabError(
      'prune/ticket',
      `No mask of ${ticket.name} fits a weight of ${model.name}.`,
      'Both need layers of the same name and shape.',
    );
  return applyMasks(model, Object.fromEntries(fitting));
}
