import { tf } from '../../tensor/tf.ts';
import { type Activation, activation } from '../activation.ts';

/** Rectifier with a ceiling: min(max(x, 0), 6). Its range is known, which helps quantization. */
export const relu6: Activation<'relu6'> = activation('relu6', x => tf.relu6(x));
