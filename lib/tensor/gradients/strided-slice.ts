import { registerGradient, registerKernel, runKernel } from '../register.ts';
import { attribute, runOp } from '../run-op.ts';
import { tf } from '../tfjs.ts';

interface Attributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

const gradient = 'StridedSliceGrad';

const ints = (values: readonly number[]): tf.Tensor1D => tf.tensor1d([...values], 'int32');

registerKernel<Attributes & { inputShape: number[] }>(gradient, ({ dy }, attributes) => {
  const { inputShape, begin, end, strides } = attributes;
  return tf.tidy(() =>
    runOp(
      gradient,
      [ints(inputShape), ints(begin), ints(end), ints(strides), dy as tf.Tensor],
      [
        attribute.int('begin_mask', attributes.beginMask),
        attribute.int('end_mask', attributes.endMask),
        attribute.int('ellipsis_mask', attributes.ellipsisMask),
        attribute.int('new_axis_mask', attributes.newAxisMask),
        attribute.int('shrink_axis_mask', attributes.shrinkAxisMask),
      ],
    ),
  );
});

registerGradient<tf.Tensor, Attributes>('StridedSlice', { inputs: ['x'] }, (dy, [x], attributes) => ({
  x: () => runKernel(gradient, { dy }, { ...attributes, inputShape: (x as tf.Tensor).shape }),
}));

registerGradient<tf.Tensor, Attributes>(gradient, {}, (ddx, _, attributes) => ({
  dy: () => runKernel('StridedSlice', { x: ddx }, attributes),
}));
