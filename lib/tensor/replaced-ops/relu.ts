import { registerGradient, registerKernel, runKernel } from '../register.ts';
import { runOp } from '../run-op.ts';
import { tf } from '../tfjs.ts';

// tfjs composes these gradients from three ops; TensorFlow has one. It needs only the output, which is 0 (or 6) where nothing passes.

for (const activation of ['Relu', 'Relu6']) {
  const gradient = `${activation}Grad`;
  registerKernel(gradient, ({ dy, y }) => runOp(gradient, [dy, y] as tf.Tensor[], []));
  registerGradient<tf.Tensor, object>(activation, { outputs: [true] }, (dy, [y]) => ({
    x: () => runKernel(gradient, { dy, y: y as tf.Tensor }),
  }));
  registerGradient<tf.Tensor, object>(gradient, { inputs: ['y'] }, (ddx, [y]) => ({
    dy: () => runKernel(gradient, { dy: ddx, y: y as tf.Tensor }),
    y: () => tf.zerosLike(y as tf.Tensor),
  }));
}
