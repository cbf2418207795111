import './prepare.ts';
import * as tf from '@tensorflow/tfjs-node';

/** TensorFlow.js as its authors ship it, on the native backend. Only lib/tensor imports this; everyone else takes `tf` from tf.ts. */
export { tf };
