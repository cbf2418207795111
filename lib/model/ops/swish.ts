import { tf } from '../../tensor/tf.ts';
import { elementwise } from '../elementwise.ts';
import type { Op } from './op.ts';

/** x · sigmoid(x), also called SiLU. Ramachandran et al. 2017. */
export const swish: Op = elementwise('swish', x => tf.mul(x, tf.sigmoid(x)));
