import { tf } from '../../tensor/tf.ts';
import { type Activation, activation } from '../activation.ts';

/** Hyperbolic tangent, in (-1, 1). */
export const tanh: Activation<'tanh'> = activation('tanh', x => tf.tanh(x));
