import { inner, padded } from '../conv-ops.ts';
import { largest, ranked } from '../largest.ts';
import { presentKernel, registerKernel } from '../register.ts';
import { tf } from '../tfjs.ts';
import { slopesOver } from './average-pool.ts';

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
  return tf.tidy(() => largest(x, { pool, border: (values, value) => padded(values, { borders: sides }, value), outside }));
});

registerKernel<Attributes>('MaxPool3DGrad', (inputs, attributes) => {
  const { dy, input, output } = inputs as { dy: tf.Tensor; input: tf.Tensor; output: tf.Tensor };
  const sides = sidesOf(attributes);
  return tf.tidy(() => {
    const x = padded(ranked(input), { borders: sides }, Number.NEGATIVE_INFINITY);
    const [dx] = native.maxGrad({ dy, input: x, output: ranked(output) }, valid(attributes)) as [tf.Tensor];
    return sides ? inner(dx, sides, input.shape) : dx;
  });
});

/** Share of each window that lies inside the volume [1, d', h', w', 1]. */
function inside([, depth = 0, height = 0, width = 0]: readonly number[], sides: Sides, attributes: Attributes): tf.Tensor {
  return native.mean({ x: padded(tf.ones([1, depth, height, width, 1]), { borders: sides }) }, valid(attributes))[0] as tf.Tensor;
}

registerKernel<Attributes>('AvgPool3D', (inputs, attributes) => {
  const { x } = inputs as { x: tf.Tensor };
  const sides = sidesOf(attributes);
  return tf.tidy(() => {
    const [mean] = native.mean({ x: padded(x, { borders: sides }) }, valid(attributes)) as [tf.Tensor];
    return sides ? tf.div(mean, inside(x.shape, sides, attributes)) : mean;
  });
});

registerKernel<Attributes>('AvgPool3DGrad', (inputs, attributes) => {
  const { dy, input } = inputs as { dy: tf.Tensor; input: tf.Tensor };
  const sides = sidesOf(attributes);
  return tf.tidy(() => {
    if (!sides) return native.meanGrad({ dy, input }, valid(attributes))[0] as tf.Tensor;
    const slopes = slopesOver(dy, inside(input.shape, sides, attributes));
    const [dx] = native.meanGrad({ dy: slopes, input: padded(input, { borders: sides }) }, valid(attributes)) as [tf.Tensor];
    return inner(dx, sides, input.shape);
  });
});
