import { tf } from '../../tensor/tf.ts';
import { elementwise } from '../elementwise.ts';
import type { Op } from './op.ts';

/** Probabilities over the last axis: eˣⁱ / Σ eˣʲ. */
export const softmax: Op = elementwise('softmax', x => tf.softmax(x));
