import { tf } from '../../tensor/tf.ts';
import { real } from '../attributes.ts';
import { elementwise } from '../elementwise.ts';
import type { Op } from './op.ts';

export type LeakyReluAttributes = { readonly slope: number };

/** x where positive, slope · x elsewhere. Maas et al. 2013. */
export const leakyRelu: Op<LeakyReluAttributes> = elementwise('leaky-relu', (x, { slope }) => tf.leakyRelu(x, slope), { slope: real });
