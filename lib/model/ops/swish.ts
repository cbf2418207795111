import { tf } from '../../tensor/tf.ts';
import { type Activation, activation } from '../activation.ts';

/** x · sigmoid(x), also called SiLU. Ramachandran et al. 2017. */
export const swish: Activation<'swish'> = activation('swish', x => tf.mul(x, tf.sigmoid(x)));
