import { tf } from '../../tensor/tf.ts';
import { elementwise } from '../elementwise.ts';
import type { Op } from './op.ts';

/** Hyperbolic tangent, in (-1, 1). */
export const tanh: Op = elementwise('tanh', x => tf.tanh(x));
