import { LabError } from '../../tensor/errors.ts';
import type { Shape } from '../../tensor/shape.ts';
import { shape } from '../attributes.ts';
import type { Op } from './op.ts';

type InputAttributes = { readonly shape: Shape };

/** Where a batch enters: values of `shape`, without the batch axis. */
export const input: Op<InputAttributes> = {
  name: 'input',
  arity: 0,
  attributes: { shape },
  infer: (_, attributes) => attributes.shape,
  forward: () => {
    throw new LabError('model/input', 'An input node computes nothing.', 'Give the batch to forward(model, batch).');
  },
};
