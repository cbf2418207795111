import { registerKernel } from '../register.ts';
import { runOp } from '../run-op.ts';
import { tf } from '../tfjs.ts';

// Since 2.17, TensorFlow's Round gives zeros for whole numbers (tensorflow#74789); they are round already.
registerKernel('Round', inputs => {
  const { x } = inputs as { x: tf.Tensor };
  return x.dtype === 'float32' ? runOp('Round', [x], []) : tf.clone(x);
});
