import { LabError } from '../../tensor/errors.ts';
import { tf } from '../../tensor/tf.ts';
import { strayLabel } from '../../tensor/top-class.ts';
import { count } from '../attributes.ts';
import { gaussian } from '../initial.ts';
import { type Op, only } from './op.ts';

export type EmbeddingAttributes = {
  /** Rows of the table: numbers are 0 … vocabulary - 1. */
  readonly vocabulary: number;
  readonly width: number;
};

/** TensorFlow's gather gives rows of zeros for some numbers out of range, and stops the process for others. */
function assertInside(ids: tf.Tensor, vocabulary: number): void {
  const numbers = ids.dataSync();
  const wrong = strayLabel(numbers, vocabulary);
  if (wrong < 0) return;
  throw new LabError(
    'model/token',
    `Number ${numbers[wrong]} is no row of a table of ${vocabulary}.`,
    `Numbers are 0 to ${vocabulary - 1}.`,
  );
}

/** A row of a table for each whole number: [… ] → [… , width], table [vocabulary, width], N(0, 0.02²) at first as in GPT-2. */
export const embedding: Op<'embedding', EmbeddingAttributes> = {
  name: 'embedding',
  arity: 1,
  attributes: { vocabulary: count, width: count },
  infer: (inputs, { width }) => [...only(inputs), width],
  parameters: (_, { vocabulary, width }) => ({
    table: { shape: [vocabulary, width], trainable: true, initial: gaussian(0.02) },
  }),
  coupling: {
    couple(context) {
      const made = { side: 'out', channels: context.make(context.attributes.width as number) } as const;
      context.carry('table', 1, made);
      return made.channels;
    },
    resize: (_, { output }) => ({ width: output.after }),
  },
  forward({ inputs, parameters, attributes: { vocabulary } }) {
    assertInside(only(inputs), vocabulary);
    return tf.gather(parameters.table as tf.Tensor2D, only(inputs).toInt());
  },
};
