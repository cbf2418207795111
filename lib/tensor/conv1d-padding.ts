import core from '@tensorflow/tfjs-core';

// tfjs-core computes a 1-D convolution as a 2-D one of height 1, and puts a number as padding around all four sides: the rows that come in make it
// fail. It is replaced where it stands, since the kernel below cannot tell such an image from one that is one row high.

/** What is convolved, the filter, the stride, the padding, and the rest. */
type Arguments = [x: unknown, filter: unknown, stride: unknown, pad: unknown, ...more: unknown[]];
type Convolution = (...given: Arguments) => unknown;

// The module itself, which every other module of TensorFlow looks its ops up in: an object that can be changed, unlike what `import *` gives.
const ops = core as unknown as { conv1d: Convolution; readonly Tensor: { readonly prototype: object } };
const { conv1d } = ops;

const replaced: Convolution = (...given) => {
  const [x, filter, stride, pad, ...more] = given;
  const ends = [
    [0, 0],
    [0, 0],
    [pad, pad],
    [0, 0],
  ];
  return conv1d(x, filter, stride, typeof pad === 'number' ? ends : pad, ...more);
};

ops.conv1d = replaced;
Object.assign(ops.Tensor.prototype, {
  conv1d(this: unknown, ...others: [unknown, unknown, unknown, ...unknown[]]) {
    return replaced(this, ...others);
  },
});
