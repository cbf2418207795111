import type { Shape } from '../tensor/shape.ts';
import { network } from './build.ts';
import type { Model } from './model.ts';

export interface LeNetOptions {
  readonly classes?: number;
  /** Default [28, 28, 1]; the first convolution keeps the size, as if the image were padded to 32×32. */
  readonly input?: Shape;
  readonly seed?: number;
}

/** LeNet-5 in its usual form: two 5×5 convolutions with average pooling, dense 120, 84, classes; tanh. 61,706 parameters. LeCun et al. 1998. */
export function leNet5(options: LeNetOptions = {}): Model {
  const { classes = 10, input = [28, 28, 1], seed = 0 } = options;
  return network('lenet-5', input, { seed })
    .conv2d(6, 5, { initial: 'glorot' })
    .activation('tanh')
    .averagePool(2)
    .conv2d(16, 5, { padding: 'valid', initial: 'glorot' })
    .activation('tanh')
    .averagePool(2)
    .flatten()
    .dense(120, { initial: 'glorot' })
    .activation('tanh')
    .dense(84, { initial: 'glorot' })
    .activation('tanh')
    .dense(classes)
    .model();
}
