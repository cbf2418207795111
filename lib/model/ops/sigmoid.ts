import { tf } from '../../tensor/tf.ts';
import { type Activation, activation } from '../activation.ts';

/** Logistic function: 1 / (1 + e⁻ˣ), in (0, 1). */
export const sigmoid: Activation<'sigmoid'> = activation('sigmoid', x => tf.sigmoid(x));
