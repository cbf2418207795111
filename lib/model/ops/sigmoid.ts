import { tf } from '../../tensor/tf.ts';
import { elementwise } from '../elementwise.ts';
import type { Op } from './op.ts';

/** Logistic function: 1 / (1 + e⁻ˣ), in (0, 1). */
export const sigmoid: Op = elementwise('sigmoid', x => tf.sigmoid(x));
