import { onEachSide } from '../conv-geometry.ts';
import { largest } from '../largest.ts';
import type { PoolAttributes } from '../native-pool.ts';
import { registerKernel } from '../register.ts';
import { tf } from '../tfjs.ts';

// The other kernels that take largest values of windows pass NaN over too, and one of them takes a number as padding.

type Kernel = (attributes: object, x: tf.Tensor) => tf.Tensor[];

/** The kernel that is registered now, as a function of one tensor. */
function present(name: string): Kernel {
  const { kernelFunc } = tf.getKernel(name, 'tensorflow');
  return (attrs, x) => [kernelFunc({ inputs: { x }, attrs: attrs as tf.NamedAttrMap, backend: tf.backend() })].flat().map(wrapped);
}

const wrapped = (made: tf.TensorInfo): tf.Tensor => (made instanceof tf.Tensor ? made : tf.engine().makeTensorFromTensorInfo(made));

const maxPool3d = present('MaxPool3D');
registerKernel<object>('MaxPool3D', ({ x }, attributes) =>
  tf.tidy(() => largest(x as tf.Tensor, { pool: values => maxPool3d(attributes, values)[0] as tf.Tensor })),
);

const withArgmax = present('MaxPoolWithArgmax');
registerKernel<PoolAttributes>('MaxPoolWithArgmax', ({ x }, attributes) =>
  tf.tidy(() => {
    const sided = { ...attributes, pad: onEachSide(attributes.pad) };
    const [, places] = withArgmax(sided, x as tf.Tensor);
    return [largest(x as tf.Tensor, { pool: values => withArgmax(sided, values)[0] as tf.Tensor }), places as tf.Tensor];
  }),
);
