import { tf } from '../../tensor/tf.ts';
import { elementwise } from '../elementwise.ts';
import type { Op } from './op.ts';

/** Rectifier with a ceiling: min(max(x, 0), 6). Its range is known, which helps quantization. */
export const relu6: Op = elementwise('relu6', x => tf.relu6(x));
