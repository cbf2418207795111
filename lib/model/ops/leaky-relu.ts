import { tf } from '../../tensor/tf.ts';
import { type Activation, activation } from '../activation.ts';
import { real } from '../attributes.ts';

export type LeakyReluAttributes = { readonly slope: number };

/** x where positive, slope · x elsewhere. Maas et al. 2013. */
export const leakyRelu: Activation<'leaky-relu', LeakyReluAttributes> = activation('leaky-relu', (x, { slope }) => tf.leakyRelu(x, slope), {
  slope: real,
});
