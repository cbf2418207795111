import type { ConvAttributes } from '../conv-geometry.ts';
import { registerKernel, runKernel } from '../register.ts';
import { native, tf } from '../tfjs.ts';

// tfjs-node's fused kernels know 'same' and 'valid' only. They fuse nothing: the convolution, the bias and the activation are three ops there too.

interface FusedAttributes extends ConvAttributes {
  readonly activation?: tf.backend_util.Activation;
  readonly leakyreluAlpha?: number;
}

const fused = { FusedConv2D: 'Conv2D', FusedDepthwiseConv2D: 'DepthwiseConv2dNative' } as const;

for (const [name, convolution] of Object.entries(fused))
  registerKernel<FusedAttributes>(name, (inputs, { activation = 'linear', leakyreluAlpha, ...attributes }) => {
    const { x, filter, bias, preluActivationWeights } = inputs as Record<string, tf.Tensor>;
    return tf.tidy(() => {
      const window = { ...attributes, dilations: attributes.dilations ?? 1 };
      const y = runKernel<tf.Tensor>(convolution, { x: x as tf.Tensor, filter: filter as tf.Tensor }, window);
      const shifted = bias ? tf.add(y, bias) : y;
      return native().applyActivation(shifted, activation, preluActivationWeights, leakyreluAlpha);
    });
  });
