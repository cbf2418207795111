import { signThrough } from '../../tensor/sign.ts';
import { tf } from '../../tensor/tf.ts';
import { type Activation, activation } from '../activation.ts';
import { flag } from '../attributes.ts';

export type SignAttributes = {
  /** Times the mean magnitude of the example's values, β = ‖x‖₁ / n, the best single number for them. */
  readonly scaled: boolean;
};

/**
 * Activations in one bit: sign(x), sign(0) = +1, or β sign(x). The gradient of the sign is 1 for |x| ≤ 1 and 0 beyond; that of β is its own. Binarized nets put it
 * between a batch norm and the next layer. Courbariaux et al. 2016 (BNN); with β Rastegari et al. 2016 (XNOR-Net, which has a β for each place).
 */
export const sign: Activation<'sign', SignAttributes> = activation(
  'sign',
  (x, { scaled }) => {
    const y = signThrough(x);
    const inner = Array.from({ length: x.rank - 1 }, (_, axis) => axis + 1);
    return scaled ? tf.mul(y, tf.mean(tf.abs(x), inner, true)) : y;
  },
  { scaled: flag },
);
