import { expect, test } from 'vitest';
import { forward, predict } from '../../../lib/model/forward.ts';
import { initialize } from '../../../lib/model/initialize.ts';
import { mapParameters, type Parameter, withParameters } from '../../../lib/model/model.ts';
import { realValue } from '../../../lib/model/real-value.ts';
import { decodeModel, encodeModel } from '../../../lib/model/serialize.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { filled, zeros } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { digest, unchanged } from '../unchanged.ts';
import { sample } from './arbitrary-model.ts';

test('the guard notices one changed value', () => {
  const model = sample();
  const data = model.parameters['dense-1.bias']?.value.data as Float32Array;
  expect(() =>
    unchanged(model, () => {
      data[0] = 5;
    }),
  ).toThrowError(/plain data was written to/);
});

test('forward, training, gradients and an optimizer step on tensors made from a model leave the model alone', () => {
  const model = vgg({ widths: [3, 'M', 4], input: [6, 6, 1], classes: 2, seed: 1 });
  const x = normal(random(2), [4, 6, 6, 1]);
  unchanged([model, x], () => {
    predict(model, x);
    tf.tidy(() => {
      const names = Object.keys(model.parameters);
      const variables = names.map(name => {
        const { shape, data } = realValue(model.parameters[name] as Parameter);
        return tf.variable(tf.tensor(data, [...shape]), true, `unchanged/${name}`);
      });
      const parameters = Object.fromEntries(names.map((name, i) => [name, variables[i] as tf.Variable]));
      const optimizer = tf.train.sgd(0.1);
      optimizer.minimize(
        () =>
          forward(model, tf.tensor(x.data, [4, 6, 6, 1]), { training: true, parameters })
            .square()
            .sum(),
        false,
        variables,
      );
      optimizer.dispose();
      for (const variable of variables) variable.dispose();
    });
    predict(model, x);
  });
});

test('saving, loading and functional updates leave the model alone', () => {
  const model = sample();
  unchanged(model, () => {
    decodeModel(encodeModel(model));
    const updated = withParameters(model, { 'dense-1.bias': { value: filled([3], 9) } });
    expect(updated.parameters['dense-1.bias']?.value.data[0]).toBe(9);
    mapParameters(model, parameter => ({ ...parameter, value: zeros(parameter.value.shape, parameter.value.dtype) }));
    expect(Object.isFrozen(model.parameters)).toBe(true);
  });
});

test('a name that the model lacks is refused', () => {
  expect(() => withParameters(sample(), { none: {} })).toThrowError(expect.objectContaining({ code: 'model/parameter' }));
});

test('first values: the same seed gives the same bits, and a new layer does not move the others', () => {
  const options = { widths: [3, 'M', 4] as const, input: [6, 6, 1], classes: 2 };
  expect(digest(vgg({ ...options, seed: 1 }))).toBe(digest(vgg({ ...options, seed: 1 })));
  expect(digest(vgg({ ...options, seed: 1 }))).not.toBe(digest(vgg({ ...options, seed: 2 })));
  const longer = vgg({ ...options, widths: [3, 'M', 4, 4], seed: 1 });
  expect(longer.parameters['conv2d-2.kernel']).toEqual(vgg({ ...options, seed: 1 }).parameters['conv2d-2.kernel']);
  expect(digest(initialize(longer, { seed: 1 }))).toBe(digest(longer));
});

test('first values have the variance that He and Glorot ask for', () => {
  const model = vgg({ widths: [64, 64], input: [4, 4, 16], classes: 3, seed: 5 });
  const { data } = (model.parameters['conv2d-2.kernel'] as Parameter).value;
  const variance = (data as Float32Array).reduce((sum, value) => sum + value * value, 0) / data.length;
  expect(variance / (2 / (9 * 64))).toBeCloseTo(1, 1);
});
