import { LabError } from '../errors.ts';
import { tf } from '../tfjs.ts';

interface Equation {
  readonly operands: readonly string[];
  readonly result: string;
}

/** Reads `ij,jk->ik`; TensorFlow refuses an equation without its arrow before a gradient is asked for. */
function parse(text: string): Equation {
  const equation = text.replaceAll(' ', '');
  const [left = '', result = ''] = equation.split('->');
  const operands = left.split(',');
  if (operands.some(operand => new Set(operand).size < operand.length) || equation.includes('.')) {
    throw new LabError(
      'einsum/gradient',
      `The gradient of einsum "${text}" is not known: an operand repeats a label or has an ellipsis.`,
      'Write the sum with other ops, such as mul and sum.',
    );
  }
  return { operands, result };
}

/** dy, summed with the other operands over what operand `i` lacks; labels that only operand `i` has were summed away, so they repeat. */
function operandGradient(i: number, { operands, result }: Equation, { dy, values }: { dy: tf.Tensor; values: tf.Tensor[] }): tf.Tensor {
  const labels = operands[i] as string;
  const others = operands.filter((_, j) => j !== i);
  const known = [...labels].filter(label => [result, ...others].some(other => other.includes(label))).join('');
  const tensors = [dy, ...values.filter((_, j) => j !== i)];
  const gradient = tf.einsum(`${[result, ...others].join(',')}->${known}`, ...tensors);
  const shape = (values[i] as tf.Tensor).shape;
  const spread = tf.reshape(
    gradient,
    [...labels].map((label, axis) => (known.includes(label) ? (shape[axis] as number) : 1)),
  );
  return known.length === labels.length ? spread : tf.broadcastTo(spread, shape);
}

tf.registerGradient({
  kernelName: 'Einsum',
  saveAllInputs: true,
  gradFunc: (dy, values, attributes) => {
    const equation = parse((attributes as { equation: string }).equation);
    const context = { dy: dy as tf.Tensor, values };
    return Object.fromEntries(values.map((_, i) => [i, () => operandGradient(i, equation, context)]));
  },
});
