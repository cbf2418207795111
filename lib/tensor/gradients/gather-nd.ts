import { registerGradient } from '../register.ts';
import { tf } from '../tfjs.ts';

// What was read at an index gets its gradient back there; an index that was read twice gets the sum.
registerGradient<tf.Tensor, object>('GatherNd', { inputs: ['params', 'indices'] }, (dy, saved) => {
  const [params, indices] = saved as [tf.Tensor, tf.Tensor];
  return {
    params: () => tf.scatterND(indices, dy, params.shape as tf.ShapeMap[tf.Rank]),
    indices: () => tf.zerosLike(indices),
  };
});
