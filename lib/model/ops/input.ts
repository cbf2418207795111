import { LabError } from '../../tensor/errors.ts';
import type { Shape } from '../../tensor/shape.ts';
import { oneOf, optional, shape } from '../attributes.ts';
import type { InputDType } from '../model.ts';
import type { Op } from './op.ts';

export type InputAttributes = {
  readonly shape: Shape;
  /** Default float32. */
  readonly dtype?: InputDType;
};

/** Where a batch enters: values of `shape`, without the batch axis. */
export const input: Op<'input', InputAttributes> = {
  name: 'input',
  arity: 0,
  attributes: { shape, dtype: optional(oneOf('float32', 'int32')) },
  infer: (_, attributes) => attributes.shape,
  coupling: {
    couple(context) {
      const made = context.make(context.output.at(-1) ?? 1);
      context.fix(made, 'they are the input of the model');
      return made;
    },
  },
  forward: () => {
    throw new LabError('model/input', 'An input node computes nothing.', 'Give the batch to forward(model, batch).');
  },
};
