import './prepare.ts';
import * as tf from '@tensorflow/tfjs-node';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import type { TFJSBinding } from '@tensorflow/tfjs-node/dist/tfjs_binding.js';

/** TensorFlow.js as its authors ship it, on the native backend. Only lib/tensor imports this; everyone else takes `tf` from tf.ts. */
export { tf };

/** The native backend, which can run any TensorFlow op by name. Asked for each time: resetting the engine makes a new one. */
export function native(): NodeJSKernelBackend {
  return tf.backend() as NodeJSKernelBackend;
}

/** tfjs-node's binding to TensorFlow's C interface. */
export const binding: TFJSBinding = native().binding;
