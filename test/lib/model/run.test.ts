import { describe, expect, test } from 'vitest';
import { network } from '../../../lib/model/build.ts';
import { forward, predict } from '../../../lib/model/forward.ts';
import { firstInput, inputsOf, type Model, withParameters } from '../../../lib/model/model.ts';
import { type ForwardOptions, run } from '../../../lib/model/run.ts';
import { decodeModel, encodeModel } from '../../../lib/model/serialize.ts';
import { array, filled, zeros } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { fit } from '../../../lib/train/fit.ts';
import { crossEntropy, lossWith } from '../../../lib/train/losses.ts';

/** Tokens and an image meet: 3 numbers → 3 × 4, image 2 × 2 × 1 → 4, their products summed up. */
function twoInputs(): Model {
  const net = network('two', [3], { seed: 2, dtype: 'int32', id: 'tokens' }).embedding(5, 4, { id: 'rows' });
  net.input([2, 2, 1], { id: 'image' }).conv2d(4, 2, { padding: 'valid' }).reshape([1, 4], { id: 'seen' }).output('features');
  return net.from('rows').mul('seen').flatten().dense(2).model();
}

const tokens = array([2, 3], [0, 4, 4, 1, 2, 3], 'int32');
const image = normal(random(1), [2, 2, 2, 1]);

describe('run', () => {
  test('several inputs, the output and a named one; nothing leaks', () => {
    const model = twoInputs();
    expect(inputsOf(model).map(({ id }) => id)).toEqual(['tokens', 'image']);
    const before = tensorCount();
    const shapes = tf.tidy(() => {
      const values = run(model, { tokens: upload(tokens), image: upload(image) });
      return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.shape]));
    });
    expect(shapes).toEqual({ output: [2, 2], features: [2, 1, 4] });
    // the embedding's table and the other parameters stay uploaded, the batches too
    expect(tensorCount()).toBe(before);
  });

  test('any node may be wanted; inputs that it does not need may be left out, and nothing else is computed', () => {
    const model = twoInputs();
    const rows = tf.tidy(() => run(model, { tokens: upload(tokens) }, ['rows']).rows?.arraySync() as number[][][]);
    const table = model.parameters['rows.table']?.value.data as Float32Array;
    expect(rows[0]?.[1]).toEqual([...table.slice(16, 20)]);
    expect(() => tf.tidy(() => run(model, { tokens: upload(tokens) }, ['features']))).toThrow(
      expect.objectContaining({ code: 'model/input' }),
    );
  });

  test('with onActivation every node is computed, so every input is needed', () => {
    const model = twoInputs();
    const seen: string[] = [];
    tf.tidy(() => {
      run(model, { tokens: upload(tokens), image: upload(image) }, { wanted: ['rows'], onActivation: ({ id }) => void seen.push(id) });
    });
    expect(seen).toEqual(model.nodes.map(({ id }) => id));
  });

  test('what stands in place of a value is read by all after it, at a layer, at its batch norm and at the ReLU that is computed along with that', () => {
    const net = network('plain', [4, 4, 2], { seed: 3 }).conv2d(3, 3, { bias: false }).batchNorm().relu();
    const model = net.flatten().dense(2).model();
    const x = normal(random(4), [2, 4, 4, 2]);
    const answers = (values: ForwardOptions['values']): number[] => tf.tidy(() => [...forward(model, upload(x), { values }).dataSync()]);
    const plain = answers(undefined);
    for (const { id } of model.nodes) {
      expect(answers({ [id]: value => value })).toEqual(plain);
      const zeroed = answers({ [id]: value => tf.zerosLike(value) });
      expect(zeroed).not.toEqual(plain);
      expect(zeroed.slice(0, 2)).toEqual(zeroed.slice(2));
    }
    expect(() => answers({ nothing: value => value })).toThrow(expect.objectContaining({ code: 'model/node' }));
  });

  test('a named output and predict agree with a model that ends there', () => {
    const model = twoInputs();
    const { outputs: _, ...rest } = model;
    const features = tf.tidy(() => run(model, { image: upload(image) }, ['features']).features?.dataSync());
    expect(predict({ ...rest, output: 'seen' }, { image }).data).toEqual(features);
    expect(predict(model, { tokens, image }, { batchSize: 1 }).shape).toEqual([2, 2]);
  });

  test('what does not fit is refused by name', () => {
    const model = twoInputs();
    const [t, i] = [upload(tokens), upload(image)];
    const short = tf.slice(i, 0, 1);
    const code = (name: string): unknown => expect.objectContaining({ code: name });
    expect(() => run(model, { tokens: t, image: i, mask: t })).toThrow(code('model/input'));
    expect(() => run(model, { tokens: t, image: i }, ['nowhere'])).toThrow(code('model/wanted'));
    expect(() => run(model, { tokens: t, image: i }, ['constructor'])).toThrow(code('model/wanted'));
    expect(() => run(model, { tokens: t, image: short })).toThrow(code('shape/mismatch'));
    expect(() => forward(model, t)).toThrow(code('model/input'));
    expect(() => predict(model, { tokens, picture: image })).toThrow(code('model/input'));
    expect(() => predict(model, { tokens, image: zeros([1, 2, 2, 1]) })).toThrow(code('shape/mismatch'));
    tf.dispose([t, i, short]);
  });

  test('a token outside the table is refused, on either side', () => {
    const model = network('words', [1], { dtype: 'int32' }).embedding(5, 2).model();
    for (const wrong of [5, -1])
      expect(() => predict(model, array([1, 1], [wrong], 'int32'))).toThrow(expect.objectContaining({ code: 'model/token' }));
  });

  test('a node that is called output stands behind the output of the model, and losses can look at it all the same', async () => {
    const model = network('net', [2], { seed: 5 }).dense(3, { id: 'output' }).dense(2).model();
    const shapes = tf.tidy(() => [forward(model, tf.ones([4, 2])).shape, run(model, { input: tf.ones([4, 2]) }, ['output']).output?.shape]);
    expect(shapes).toEqual([
      [4, 2],
      [4, 2],
    ]);
    const seen: number[][] = [];
    const loss = lossWith({ activations: ['output', 'input'] }, (outputs, targets, context) => {
      seen.push(...Object.values(context.activations).map(({ shape }) => [...shape]));
      return crossEntropy()(outputs, targets, context);
    });
    await fit(model, { inputs: zeros([4, 2]), targets: zeros([4], 'int32') }, { steps: 1, batchSize: 4, loss });
    expect(seen).toEqual([
      [4, 3],
      [4, 2],
    ]);
  });

  test('an output that is an input is a tensor of its own', () => {
    const model = network('same', [2]).model();
    const x = tf.ones([1, 2]);
    const y = forward(model, x);
    expect(y).not.toBe(x);
    y.dispose();
    expect([...x.dataSync()]).toEqual([1, 1]);
    x.dispose();
  });

  test('saved and loaded it is the same model, named outputs and dtypes included', () => {
    const model = twoInputs();
    const copy = decodeModel(encodeModel(model));
    expect(copy.outputs).toEqual({ features: 'seen' });
    expect(firstInput(copy)).toEqual({ id: 'tokens', shape: [3], dtype: 'int32' });
    expect(predict(copy, { tokens, image }).data).toEqual(predict(model, { tokens, image }).data);
  });
});

test('bytes are token ids where the input says int32, and shares of 255 where it does not', () => {
  const bytes = array([1, 2], [3, 1], 'uint8');
  const words = network('words', [2], { dtype: 'int32' }).embedding(4, 1).flatten().model();
  const table = withParameters(words, { 'embedding-1.table': { value: array([4, 1], [10, 11, 12, 13]) } });
  expect([...(predict(table, bytes).data as Float32Array)]).toEqual([13, 11]);
  expect([...(predict(network('images', [2]).model(), bytes).data as Float32Array)]).toEqual([Math.fround(3 / 255), Math.fround(1 / 255)]);
});

test('training learns from token ids as they are', async () => {
  const words = network('words', [1], { dtype: 'int32', seed: 4 }).embedding(3, 4).flatten().dense(3).model();
  const data = {
    inputs: array(
      [30, 1],
      Array.from({ length: 30 }, (_, i) => i % 3),
      'uint8',
    ),
    targets: array(
      [30],
      Array.from({ length: 30 }, (_, i) => (i + 1) % 3),
      'int32',
    ),
  };
  const trained = await fit(words, data, { epochs: 30, batchSize: 10, optimizer: 'adam', learningRate: 0.05 });
  const scores = predict(trained, array([3, 1], [0, 1, 2], 'uint8')).data as Float32Array;
  expect([0, 1, 2].map(i => scores.slice(3 * i, 3 * i + 3).indexOf(Math.max(...scores.slice(3 * i, 3 * i + 3))))).toEqual([1, 2, 0]);
});

test('a parameter that no node owns cannot be saved', () => {
  const model = network('net', [2]).dense(1).model();
  const stray = { ...model, parameters: { ...model.parameters, stray: { value: filled([1], 1), trainable: true } } };
  expect(() => encodeModel(stray)).toThrow(expect.objectContaining({ code: 'model/parameter' }));
});
