import { type Precision, runInBfloat16 } from './bfloat16.ts';
import { registerGradient, registerKernel, runKernel } from './register.ts';
import { attribute } from './run-op.ts';
import { tf } from './tfjs.ts';

interface Transposes {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

const kernel = 'TinylabMatMulBfloat16';

/** Matrix product over the last two axes; the axes before them agree. 'bf16' rounds both matrices, and the product, to bfloat16. */
export function matMul(a: tf.Tensor, b: tf.Tensor, options: Transposes & { readonly precision?: Precision } = {}): tf.Tensor {
  const { transposeA = false, transposeB = false, precision } = options;
  return precision === 'bf16' ? runKernel(kernel, { a, b }, { transposeA, transposeB }) : tf.matMul(a, b, transposeA, transposeB);
}

registerKernel<Transposes>(kernel, (inputs, { transposeA = false, transposeB = false }) => {
  const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
  if (a.rank === 2)
    return runInBfloat16('MatMul', [a, b], [attribute.bool('transpose_a', transposeA), attribute.bool('transpose_b', transposeB)]);
  return runInBfloat16('BatchMatMulV2', [a, b], [attribute.bool('adj_x', transposeA), attribute.bool('adj_y', transposeB)]);
});

// C = A · B has dA = dC · Bᵀ and dB = Aᵀ · dC; a factor that went in transposed gets its gradient transposed.
registerGradient<tf.Tensor, Transposes>(kernel, { inputs: ['a', 'b'] }, (dy, saved, { transposeA = false, transposeB = false }) => {
  const [a, b] = saved as [tf.Tensor, tf.Tensor];
  const product = (x: tf.Tensor, y: tf.Tensor, transposes: [boolean, boolean]): tf.Tensor =>
    runKernel(kernel, { a: x, b: y }, { transposeA: transposes[0], transposeB: transposes[1] });
  return {
    a: () => (transposeA ? product(b, dy, [transposeB, true]) : product(dy, b, [false, !transposeB])),
    b: () => (transposeB ? product(dy, a, [true, transposeA]) : product(a, dy, [!transposeA, false])),
  };
});
