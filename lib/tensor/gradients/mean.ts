import { registerGradient } from '../register.ts';
import { tf } from '../tfjs.ts';
import { spread } from './sum.ts';

registerGradient<tf.Tensor, { axis?: number | number[] }>('Mean', { inputs: ['x'] }, (dy, [x], { axis }) => {
  const { shape, size } = x as tf.Tensor;
  return { x: () => spread(tf.div(dy, size / dy.size), shape, axis) };
});
