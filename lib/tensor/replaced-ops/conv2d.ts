import { type ConvAttributes, nativeConv } from '../conv-geometry.ts';
import { convolve, convolveBackFilter, convolveBackInput } from '../conv-ops.ts';
import { registerGradient, registerKernel, runKernel } from '../register.ts';
import type { tf } from '../tfjs.ts';

// tfjs-node refuses numeric padding and, in gradients, dilation. The native ops handle both, and groups too (a filter whose input depth
// divides the channels), in value and gradient, as long as oneDNN is on.

const forward = 'Conv2D';
const backpropInput = 'Conv2DBackpropInput';
const backpropFilter = 'Conv2DBackpropFilter';

interface BackpropAttributes extends ConvAttributes {
  readonly inputShape?: number[];
  readonly filterShape?: number[];
}

registerKernel<ConvAttributes>(forward, (inputs, attributes) => {
  const { x, filter } = inputs as { x: tf.Tensor; filter: tf.Tensor };
  return convolve(forward, { x, filter }, nativeConv(x.shape, filter.shape, attributes));
});

registerKernel<BackpropAttributes>(backpropInput, (inputs, attributes) => {
  const { dy, filter } = inputs as { dy: tf.Tensor; filter: tf.Tensor };
  const shape = attributes.inputShape as number[];
  return convolveBackInput(backpropInput, { dy, filter, shape }, nativeConv(shape, filter.shape, attributes));
});

registerKernel<BackpropAttributes>(backpropFilter, (inputs, attributes) => {
  const { x, dy } = inputs as { x: tf.Tensor; dy: tf.Tensor };
  const shape = attributes.filterShape as number[];
  return convolveBackFilter(backpropFilter, { x, dy, shape }, nativeConv(x.shape, shape, attributes));
});

registerGradient<tf.Tensor, ConvAttributes>(forward, { inputs: ['x', 'filter'] }, (dy, saved, attributes) => {
  const [x, filter] = saved as [tf.Tensor, tf.Tensor];
  return {
    x: () => runKernel(backpropInput, { dy, filter }, { ...attributes, inputShape: x.shape }),
    filter: () => runKernel(backpropFilter, { x, dy }, { ...attributes, filterShape: filter.shape }),
  };
});

registerGradient<tf.Tensor, BackpropAttributes>(backpropInput, { inputs: ['dy', 'filter'] }, (ddx, saved, attributes) => {
  const [dy, filter] = saved as [tf.Tensor, tf.Tensor];
  return {
    dy: () => runKernel(forward, { x: ddx, filter }, attributes),
    filter: () => runKernel(backpropFilter, { x: ddx, dy }, { ...attributes, filterShape: filter.shape }),
  };
});

registerGradient<tf.Tensor, BackpropAttributes>(backpropFilter, { inputs: ['x', 'dy'] }, (ddw, saved, attributes) => {
  const [x, dy] = saved as [tf.Tensor, tf.Tensor];
  return {
    x: () => runKernel(backpropInput, { dy, filter: ddw }, { ...attributes, inputShape: x.shape }),
    dy: () => runKernel(forward, { x, filter: ddw }, attributes),
  };
});
