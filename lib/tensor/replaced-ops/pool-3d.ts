import { inner } from '../conv-ops.ts';
import { largest, ranked } from '../largest.ts';
import { presentKernel, registerKernel } from '../register.ts';
import { tf } from '../tfjs.ts';

// tfjs-node's pools over volumes [n, d, h, w, c] know 'same' and 'valid' only, though tfjs takes a number; and the largest value passes NaN over.

interface Attributes {
  readonly filterSize: number | [number, number, number];
  readonly pad: 'same' | 'valid' | number;
}
type Sides = [number, number][];

/** A number as borders on all six sides, which are put around the volume beforehand. */
function sidesOf({ pad }: Attributes): Sides | undefined {
  if (typeof pad !== 'number' || pad === 0) return undefined;
  const side: [number, number] = [pad, pad];
  return [[0, 0], side, side, side, [0, 0]];
}

const valid = (attributes: Attributes): Attributes => (typeof attributes.pad === 'number' ? { ...attributes, pad: 'valid' } : attributes);
const bordered = (x: tf.Tensor, sides: Sides | undefined, value = 0): tf.Tensor => (sides ? tf.pad(x, sides, value) : x);
const native = {
  max: presentKernel('MaxPool3D'),
  maxGrad: presentKernel('MaxPool3DGrad'),
  mean: presentKernel('AvgPool3D'),
  meanGrad: presentKernel('AvgPool3DGrad'),
};

registerKernel<Attributes>('MaxPool3D', (inputs, attributes) => {
  const { x } = inputs as { x: tf.Tensor };
  const sides = sidesOf(attributes);
  const outside = typeof attributes.pad === 'number' && attributes.pad >= Math.min(...[attributes.filterSize].flat());
  const pool = (values: tf.Tensor): tf.Tensor => native.max({ x: values }, valid(attributes))[0] as tf.Tensor;
  return tf.tidy(() => largest(x, { pool, border: (values, value) => bordered(values, sides, value), outside }));
});

registerKernel<Attributes>('MaxPool3DGrad', (inputs, attributes) => {
  const { dy, input, output } = inputs as { dy: tf.Tensor; input: tf.Tensor; output: tf.Tensor };
  const sides = sidesOf(attributes);
  return tf.tidy(() => {
    const x = bordered(ranked(input), sides, Number.NEGATIVE_INFINITY);
    const [dx] = native.maxGrad({ dy, input: x, output: ranked(output) }, valid(attributes)) as [tf.Tensor];
    return sides ? inner(dx, sides, input.shape) : dx;
  });
});

/** Share of each window that lies inside the volume [1, d', h', w', 1]. */
function inside([, depth = 0, height = 0, width = 0]: readonly number[], sides: Sides, attributes: Attributes): tf.Tensor {
  return native.mean({ x: bordered(tf.ones([1, depth, height, width, 1]), sides) }, valid(attributes))[0] as tf.Tensor;
}

registerKernel<Attributes>('AvgPool3D', (inputs, attributes) => {
  const { x } = inputs as { x: tf.Tensor };
  const sides = sidesOf(attributes);
  return tf.tidy(() => {
    const [mean] = native.mean({ x: bordered(x, sides) }, valid(attributes)) as [tf.Tensor];
    return sides ? tf.div(mean, inside(x.shape, sides, attributes)) : mean;
  });
});

registerKernel<Attributes>('AvgPool3DGrad', (inputs, attributes) => {
  const { dy, input } = inputs as { dy: tf.Tensor; input: tf.Tensor };
  const sides = sidesOf(attributes);
  return tf.tidy(() => {
    if (!sides) return native.meanGrad({ dy, input }, valid(attributes))[0] as tf.Tensor;
    const shares = inside(input.shape, sides, attributes);
    const slopes = tf.where(tf.greater(shares, 0), tf.div(dy, shares), tf.zerosLike(dy));
    const [dx] = native.meanGrad({ dy: slopes, input: bordered(input, sides) }, valid(attributes)) as [tf.Tensor];
    return inner(dx, sides, input.shape);
  });
});
