import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { assertShape, type Shape, sizeOf } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { upload } from '../tensor/upload.ts';
import { inputShape, type Model, type Node } from './model.ts';
import { opOf } from './ops/index.ts';
import { realValue } from './real-value.ts';
import { inferShapes } from './shapes.ts';

export interface ForwardOptions {
  /** Batch norm takes the batch's own statistics and reports them. Default false. */
  readonly training?: boolean;
  /** Tensors to compute with in place of the model's own parameters, by name (training passes its variables). */
  readonly parameters?: Readonly<Record<string, tf.Tensor>>;
  /**
   * Receives the batch's own value of each running statistic, by parameter name; the running one moves by
   * old ← momentum · old + (1 - momentum) · value. Values live as long as the enclosing tidy: read or keep them at once.
   */
  readonly onStatistic?: (parameterName: string, value: tf.Tensor, momentum: number) => void;
  /** Sees the value of every node; it must not dispose it. */
  readonly onActivation?: (node: Node, value: tf.Tensor) => void;
}

/**
 * Computes the model's output for a batch x [n, ...input shape] → [n, ...output shape]. Gradients flow through it. Everything but the
 * result is disposed, unless it runs inside a gradient.
 * @throws LabError `shape/mismatch` when x does not fit the model.
 * @example
 * const model = mlp({ input: [4], hidden: [8], classes: 3 });
 * tf.tidy(() => forward(model, tf.ones([2, 4])).shape); // → [2, 3]
 */
export function forward(model: Model, x: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
  assertShape(`The batch given to ${model.name}`, [x.shape[0] ?? 0, ...inputShape(model)], x.shape);
  return tf.tidy(() => {
    const values = new Map<string, tf.Tensor>();
    for (const node of model.nodes) {
      const value = node.op === 'input' ? x : compute(model, node, { values, options });
      options.onActivation?.(node, value);
      values.set(node.id, value);
    }
    const output = values.get(model.output) as tf.Tensor;
    return output === x ? x.clone() : output;
  });
}

interface Run {
  readonly values: ReadonlyMap<string, tf.Tensor>;
  readonly options: ForwardOptions;
}

function compute(model: Model, node: Node, { values, options }: Run): tf.Tensor {
  const parameters: Record<string, tf.Tensor> = {};
  for (const [role, name] of Object.entries(node.parameters)) parameters[role] = options.parameters?.[name] ?? uploaded(model, name);
  return opOf(node.op).forward({
    inputs: node.inputs.map(id => values.get(id) as tf.Tensor),
    parameters,
    attributes: node.attributes,
    training: options.training ?? false,
    onStatistic: (role, value, momentum) => options.onStatistic?.(node.parameters[role] as string, value, momentum),
  });
}

function uploaded(model: Model, name: string): tf.Tensor {
  const parameter = model.parameters[name];
  if (parameter) return upload(realValue(parameter));
  throw new LabError('model/parameter', `Model ${model.name} has no value for ${name}.`, 'Give the graph values with initialize(graph).');
}

/** Samples [from, to) as a float32 tensor; uint8 images become 0 … 1. The caller disposes it. */
export function batchOf(x: NDArray, from: number, to: number): tf.Tensor {
  const shape = x.shape.slice(1);
  const part = x.data.subarray(from * sizeOf(shape), to * sizeOf(shape));
  const values = x.dtype === 'uint8' ? Float32Array.from(part, v => v / 255) : Float32Array.from(part);
  return tf.tensor(values, [to - from, ...shape], 'float32');
}

/**
 * The model's output for every sample, computed in batches: x [n, ...input shape] → float32 [n, ...output shape]; uint8 images are scaled
 * by 1/255.
 * @throws LabError `shape/mismatch` when x does not fit the model.
 * @example
 * const model = mlp({ input: [28, 28, 1], hidden: [16], classes: 10 });
 * predict(model, zeros([5, 28, 28, 1], 'uint8')).shape; // → [5, 10]
 */
export function predict(model: Model, x: NDArray, options: { readonly batchSize?: number } = {}): NDArray {
  const { batchSize = 256 } = options;
  const [samples = 0] = x.shape;
  assertShape(`The samples given to ${model.name}`, [samples, ...inputShape(model)], x.shape);
  const shape = inferShapes(model).get(model.output) as Shape;
  const values = new Float32Array(samples * sizeOf(shape));
  for (let from = 0; from < samples; from += batchSize) {
    const y = tf.tidy(() => forward(model, batchOf(x, from, Math.min(from + batchSize, samples))));
    values.set(y.dataSync(), from * sizeOf(shape));
    y.dispose();
  }
  return array([samples, ...shape], values);
}
