import { onEachSide } from '../conv-geometry.ts';
import { largest } from '../largest.ts';
import type { PoolAttributes } from '../native-pool.ts';
import { presentKernel, registerKernel } from '../register.ts';
import { tf } from '../tfjs.ts';

// It passes NaN over as the others do, and reads a number as padding for the height's kernel alone.

const withArgmax = presentKernel('MaxPoolWithArgmax');
registerKernel<PoolAttributes>('MaxPoolWithArgmax', ({ x }, attributes) =>
  tf.tidy(() => {
    const sided = { ...attributes, pad: onEachSide(attributes.pad) };
    const [, places] = withArgmax({ x: x as tf.Tensor }, sided);
    return [largest(x as tf.Tensor, { pool: values => withArgmax({ x: values }, sided)[0] as tf.Tensor }), places as tf.Tensor];
  }),
);
