import { fixedPoint } from '../../../lib/deploy/fixed-point.ts';
import type { Program } from '../../../lib/deploy/program.ts';
import { random } from '../../../lib/tensor/random.ts';

/** A 3 × 3 convolution of int8, 16 × 16 × 16 to 16 channels, with a zero point, a bias, a factor for each channel and a clamp: 589,824 multiply-accumulates. */
export function convolution(): Program {
  const chance = random(2);
  const factors = Array.from({ length: 16 }, () => fixedPoint(chance.uniform(0.001, 0.002)));
  return {
    name: 'convolution',
    tensors: [
      { name: 'x', shape: [1, 16, 16, 16], type: 'int8' },
      { name: 'w', shape: [16, 3, 3, 16], type: 'int8', data: Int8Array.from({ length: 16 * 9 * 16 }, () => chance.int(-127, 127)) },
      { name: 'b', shape: [16], type: 'int32', data: Int32Array.from({ length: 16 }, () => chance.int(-1000, 1000)) },
      { name: 'y', shape: [1, 16, 16, 16], type: 'int8' },
    ],
    steps: [
      {
        op: 'conv2d',
        inputs: [0, 1, 2],
        outputs: [3],
        attributes: {
          ...{ strides: [1, 1], dilations: [1, 1], padding: [1, 1], inputZeroPoint: 3, weightZeroPoint: [0], outputZeroPoint: -5 },
          ...{ multiplier: factors.map(({ multiplier }) => multiplier), shift: factors.map(({ shift }) => shift), low: -100, high: 127 },
        },
      },
    ],
    inputs: [0],
    outputs: [3],
  };
}
