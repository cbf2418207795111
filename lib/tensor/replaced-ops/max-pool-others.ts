import { onEachSide } from '../conv-geometry.ts';
import { largest } from '../largest.ts';
import type { PoolAttributes } from '../native-pool.ts';
import { presentKernel, registerKernel } from '../register.ts';
import { tf } from '../tfjs.ts';

// The other kernels that take largest values of windows pass NaN over too, and one of them takes a number as padding.

const maxPool3d = presentKernel('MaxPool3D');
registerKernel<object>('MaxPool3D', ({ x }, attributes) =>
  tf.tidy(() => largest(x as tf.Tensor, { pool: values => maxPool3d({ x: values }, attributes)[0] as tf.Tensor })),
);

const withArgmax = presentKernel('MaxPoolWithArgmax');
registerKernel<PoolAttributes>('MaxPoolWithArgmax', ({ x }, attributes) =>
  tf.tidy(() => {
    const sided = { ...attributes, pad: onEachSide(attributes.pad) };
    const [, places] = withArgmax({ x: x as tf.Tensor }, sided);
    return [largest(x as tf.Tensor, { pool: values => withArgmax({ x: values }, sided)[0] as tf.Tensor }), places as tf.Tensor];
  }),
);
