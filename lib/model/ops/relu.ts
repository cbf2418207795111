import { tf } from '../../tensor/tf.ts';
import { elementwise } from '../elementwise.ts';
import type { Op } from './op.ts';

/** Rectifier: max(x, 0). */
export const relu: Op = elementwise('relu', x => tf.relu(x));
