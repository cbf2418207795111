import type { Precision } from './bfloat16.ts';
import { fusedHere } from './fused-here.ts';
import { matMul } from './mat-mul.ts';
import { threadsAttribute } from './native-ops.ts';
import { endsOf, type Rectifier } from './rectifier.ts';
import { isAsked, registerGradient, registerKernel, runKernel } from './register.ts';
import { attribute, type OpAttribute, runOp, runOps } from './run-op.ts';
import { assertShape, sizeOf } from './shape.ts';
import { tf } from './tf.ts';

/** What a dense layer may do besides its product. */
export interface DenseOptions {
  /** A value for each unit. */
  readonly bias?: tf.Tensor1D;
  readonly rectifier?: Rectifier;
  /** Of the product; default float32. */
  readonly precision?: Precision;
}

const plain = 'TinylabDense';
const rectified = 'TinylabDenseRectified';

const attributesOf = (rectifier: Rectifier | undefined, biases: number): OpAttribute[] => {
  const { low, high } = endsOf(rectifier);
  return [attribute.int('N', biases), attribute.float('low', low), attribute.float('high', high), threadsAttribute];
};

/** Attributes of each case, which never change. */
const known = new Map<string, OpAttribute[]>();

for (const name of [plain, rectified])
  registerKernel<{ rectifier?: Rectifier }>(name, ({ x, kernel, bias }, { rectifier }) => {
    const key = `${rectifier} ${bias ? 1 : 0}`;
    const attributes = known.get(key) ?? attributesOf(rectifier, bias ? 1 : 0);
    known.set(key, attributes);
    return runOp('TinylabDense', [x, kernel, ...(bias ? [bias] : [])] as tf.Tensor[], attributes);
  });

const threads = [threadsAttribute];

function gradient(dy: tf.Tensor, x: tf.Tensor, kernel: tf.Tensor): Record<string, () => tf.Tensor> {
  // both at once, which frozen parameters do not ask for
  const trained = isAsked('kernel', 'bias');
  const made = trained ? runOps('TinylabDenseBackpropParameters', [x, dy], { attributes: threads, outputs: 2 }) : [];
  const [dKernel, dBias] = made as [tf.Tensor, tf.Tensor];
  return {
    x: () => runOp('TinylabDenseBackpropInput', [dy, kernel], threads),
    kernel: () => dKernel,
    bias: () => dBias,
  };
}

registerGradient<tf.Tensor, object>(plain, { inputs: ['x', 'kernel'] }, (dy, [x, kernel]) =>
  gradient(dy, x as tf.Tensor, kernel as tf.Tensor),
);

registerGradient<tf.Tensor, { rectifier: Rectifier }>(
  rectified,
  { inputs: ['x', 'kernel'], outputs: [true] },
  (dy, [x, kernel, y], { rectifier }) => {
    const passed = runOp(rectifier === 'relu6' ? 'Relu6Grad' : 'ReluGrad', [dy, y as tf.Tensor], []);
    return gradient(passed, x as tf.Tensor, kernel as tf.Tensor);
  },
);

/** As TensorFlow composes it: with gradients of every order. */
export function composedDense(x: tf.Tensor, kernel: tf.Tensor2D, { bias, rectifier, precision }: DenseOptions): tf.Tensor {
  const [features, units] = kernel.shape;
  const leading = x.shape.slice(0, -1);
  const flat = x.reshape([sizeOf(leading), features]) as tf.Tensor2D;
  const product = matMul(flat, kernel, { precision }).reshape([...leading, units]);
  const y = bias ? tf.add(product, bias) : product;
  return rectifier ? tf[rectifier](y) : y;
}

/**
 * A fully connected layer over the last axis: y = x · kernel + bias, [… , features] → [… , units], kernel [features, units], with a rectifier at once. Gradients of
 * every order.
 * @throws LabError `shape/mismatch` when kernel or bias do not fit.
 */
export function dense(x: tf.Tensor, kernel: tf.Tensor2D, options: DenseOptions = {}): tf.Tensor {
  const { bias, rectifier, precision } = options;
  assertShape('dense, kernel', [x.shape.at(-1) ?? 1, kernel.shape[1] ?? 0], kernel.shape);
  if (bias) assertShape('dense, bias', [kernel.shape[1]], bias.shape);
  const inputs = { x, kernel, ...(bias && { bias }) };
  if (precision === 'bf16' || !fusedHere(Object.values(inputs))) return composedDense(x, kernel, options);
  return runKernel<tf.Tensor>(rectifier ? rectified : plain, inputs, { rectifier });
}
