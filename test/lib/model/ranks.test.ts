import { describe, expect, it, test } from 'vitest';
import { network } from '../../../lib/model/build.ts';
import { forward } from '../../../lib/model/forward.ts';
import { inferShapes } from '../../../lib/model/shapes.ts';
import { LabError } from '../../../lib/tensor/errors.ts';
import { tf } from '../../../lib/tensor/tf.ts';

type Net = ReturnType<typeof network>;

const layers: Readonly<Record<string, (net: Net) => Net>> = {
  dense: net => net.dense(3),
  batchNorm: net => net.batchNorm(),
  layerNorm: net => net.layerNorm(),
  relu: net => net.relu6(),
  leakyRelu: net => net.leakyRelu(),
  softmax: net => net.activation('softmax'),
  swish: net => net.activation('swish'),
  flatten: net => net.flatten(),
  concat: net => net.concat('input'),
  stacked: net => net.concat('input', { axis: 0 }),
  add: net => net.relu().add('input'),
  mul: net => net.relu().mul('input'),
  matmul: net => net.matmul('input', { transposeB: true }),
  transpose: net => net.transpose(net.shape.map((_, axis) => axis).toReversed()),
  scale: net => net.scale(),
  fakeQuantize: net => net.fakeQuantize({ perChannel: true }),
  conv2d: net => net.conv2d(2),
  conv2dTranspose: net => net.conv2dTranspose(2),
  depthwise: net => net.depthwiseConv2d(),
  maxPool: net => net.maxPool(2),
  averagePool: net => net.averagePool(2),
  globalAveragePool: net => net.globalAveragePool(),
  pad: net => net.pad(1),
};

describe.each([[[]], [[1]], [[3]], [[2, 3]], [[4, 3, 2]], [[1, 1, 1]], [[2, 1, 4, 3]], [[2, 1, 2, 2, 3]]])('values of shape %j', shape => {
  it.each(Object.entries(layers))(
    '%s computes what was inferred, and its gradient, or is refused by name where it is written',
    (_, write) => {
      let net: Net;
      try {
        net = write(network('n', shape, { seed: 1 }));
      } catch (error) {
        expect(error).toBeInstanceOf(LabError);
        return;
      }
      const model = net.model();
      for (const training of [true, false])
        for (const batch of [1, 2])
          tf.tidy(() => {
            const x = tf.randomNormal([batch, ...shape], 0, 1, 'float32', 5);
            expect(forward(model, x, { training }).shape).toEqual([batch, ...(inferShapes(model).get(model.output) as readonly number[])]);
            const slopes = tf.grad(v => forward(model, v, { training }).square().sum())(x);
            expect(slopes.shape).toEqual(x.shape);
            expect([...slopes.dataSync()].every(Number.isFinite)).toBe(true);
          });
    },
  );
});

test('a layer that works along the last axis refuses a scalar, which would mix the batch', () => {
  for (const write of [layers.batchNorm, layers.layerNorm, layers.softmax, layers.scale, layers.dense])
    expect(() => write?.(network('n', []))).toThrow(expect.objectContaining({ name: 'LabError', code: 'model/rank' }));
});
