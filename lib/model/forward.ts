import { array, isArray, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { assertShape, type Shape, sizeOf } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { wholeNumbers } from '../tensor/whole.ts';
import { firstInput, type Input, type InputDType, inputsOf, type Model } from './model.ts';
import { type ForwardOptions, valuesOf } from './run.ts';
import { inferShapes } from './shapes.ts';

export type { ForwardOptions } from './run.ts';

/**
 * Computes the output of a model with one input for a batch x [n, ...input shape] → [n, ...output shape]: the short form of `run`. Gradients
 * flow through it. Everything but the result is disposed, unless it runs inside a gradient.
 * @throws LabError `shape/mismatch` when x does not fit the model, `model/input` for a model with several inputs.
 * @example
 * const model = mlp({ input: [4], hidden: [8], classes: 3 });
 * tf.tidy(() => forward(model, tf.ones([2, 4])).shape); // → [2, 3]
 */
export function forward(model: Model, x: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
  return valuesOf(model, { [firstInput(model).id]: x }, { ...options, ids: [model.output] })[model.output] as tf.Tensor;
}

/** Samples [from, to) as a tensor: float32, where uint8 images become 0 … 1; or int32, as they are. The caller disposes it. */
export function batchOf(x: NDArray, { from, to, dtype = 'float32' }: { from: number; to: number; dtype?: InputDType }): tf.Tensor {
  const shape = x.shape.slice(1);
  const part = x.data.subarray(from * sizeOf(shape), to * sizeOf(shape));
  if (dtype === 'int32') return tf.tensor(wholeNumbers('An input of int32', part), [to - from, ...shape], 'int32');
  const values = x.dtype === 'uint8' ? Float32Array.from(part, v => v / 255) : Float32Array.from(part);
  return tf.tensor(values, [to - from, ...shape], 'float32');
}

/**
 * The model's output for every sample, computed in batches: x [n, ...input shape] → float32 [n, ...output shape]; uint8 images are scaled
 * by 1/255, unless the input's dtype is int32. A model with several inputs takes an array for each, by the input's id.
 * @throws LabError `shape/mismatch` when x does not fit the model, `model/input` for arrays that are missing or too many, `model/batch-size`,
 * `model/whole` for an int32 input that gets other numbers.
 * @example
 * const model = mlp({ input: [28, 28, 1], hidden: [16], classes: 10 });
 * predict(model, zeros([5, 28, 28, 1], 'uint8')).shape; // → [5, 10]
 */
export function predict(
  model: Model,
  x: NDArray | Readonly<Record<string, NDArray>>,
  options: { readonly batchSize?: number } = {},
): NDArray {
  const { batchSize = 256 } = options;
  if (!(Number.isInteger(batchSize) && batchSize >= 1))
    throw new LabError('model/batch-size', `A batch has 1 sample or more; got batchSize ${batchSize}.`, 'Leave it out for 256.');
  const inputs = samplesOf(model, x);
  const samples = inputs[0]?.x.shape[0] ?? 0;
  const shape = inferShapes(model).get(model.output) as Shape;
  const values = new Float32Array(samples * sizeOf(shape));
  for (let from = 0; from < samples; from += batchSize) {
    const to = Math.min(from + batchSize, samples);
    const y = tf.tidy(() => {
      const batches = inputs.map(({ id, x, dtype }) => [id, batchOf(x, { from, to, dtype })] as const);
      return valuesOf(model, Object.fromEntries(batches), { ids: [model.output] })[model.output] as tf.Tensor;
    });
    values.set(y.dataSync(), from * sizeOf(shape));
    y.dispose();
  }
  return array([samples, ...shape], values);
}

interface Samples extends Input {
  readonly x: NDArray;
}

/** The samples of each input that were given, each of its shape and as many as of the first. */
function samplesOf(model: Model, given: NDArray | Readonly<Record<string, NDArray>>): readonly Samples[] {
  const byId = isArray(given) ? { [firstInput(model).id]: given } : given;
  const inputs = inputsOf(model);
  const stray = Object.keys(byId).find(id => !inputs.some(input => input.id === id));
  if (stray !== undefined)
    throw new LabError(
      'model/input',
      `Model ${model.name} has no input ${stray}.`,
      `Its inputs: ${inputs.map(({ id }) => id).join(', ')}.`,
    );
  const present = inputs.filter(({ id }) => byId[id] !== undefined);
  const [count = 0] = (present[0] && byId[present[0].id]?.shape) ?? [];
  return present.map(input => {
    const x = byId[input.id] as NDArray;
    const what = inputs.length === 1 ? `The samples given to ${model.name}` : `The samples given to input ${input.id} of ${model.name}`;
    assertShape(what, [count, ...input.shape], x.shape);
    return { ...input, x };
  });
}
