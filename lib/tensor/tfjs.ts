import './prepare.ts';
import * as tf from '@tensorflow/tfjs-node';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';

/** TensorFlow.js as its authors ship it, on the native backend. Only lib/tensor imports this; everyone else takes `tf` from tf.ts. */
export { tf };

/** The native backend, which can run any TensorFlow op by name. */
export const native: NodeJSKernelBackend = tf.backend() as NodeJSKernelBackend;
