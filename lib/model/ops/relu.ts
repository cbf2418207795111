import { tf } from '../../tensor/tf.ts';
import { type Activation, activation } from '../activation.ts';

/** Rectifier: max(x, 0). */
export const relu: Activation<'relu'> = activation('relu', x => tf.relu(x));
