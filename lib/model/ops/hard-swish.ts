import { tf } from '../../tensor/tf.ts';
import { type Activation, activation } from '../activation.ts';

/** x · min(max(x + 3, 0), 6) / 6: swish without an exponential. Howard et al. 2019 (MobileNetV3). */
export const hardSwish: Activation<'hard-swish'> = activation('hard-swish', x => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)));
