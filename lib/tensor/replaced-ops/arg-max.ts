import { suspect } from '../largest.ts';
import { presentKernel, registerKernel } from '../register.ts';
import { tf } from '../tfjs.ts';

// TensorFlow passes NaN over, so that a row of it counts as some class. Here the first NaN stands for the row, as in NumPy and PyTorch.

const largest = presentKernel('ArgMax');
for (const name of ['ArgMax', 'ArgMin']) {
  const native = presentKernel(name);
  registerKernel<{ readonly axis: number }>(name, (inputs, attributes) => {
    const { x } = inputs as { x: tf.Tensor };
    return tf.tidy(() => {
      const [place] = native({ x }, attributes) as [tf.Tensor];
      if (!suspect(x)) return place;
      const broken = tf.isNaN(x);
      const [first] = largest({ x: broken.toFloat() }, attributes) as [tf.Tensor];
      return tf.where(tf.any(broken, attributes.axis), first, place).toInt();
    });
  });
}
