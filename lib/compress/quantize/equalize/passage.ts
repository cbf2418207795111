import type { Attributes } from '../../../model/model.ts';
import type { OpName } from '../../../model/ops/index.ts';
import type { Shape } from '../../../tensor/shape.ts';

/**
 * What an op does when the channels it reads are multiplied by positive factors: `pass` hands the factors on; `clamp` would, but for a bound;
 * `layer` makes channels of its own from weights that can take the factors in; `norm` makes new ones too, and reads nothing that is scaled; `bar`
 * gives something else.
 */
export type Passage = 'pass' | 'clamp' | 'layer' | 'norm' | 'bar';

const passages: Readonly<Record<OpName, Passage>> = {
  input: 'bar',
  conv2d: 'layer',
  'conv2d-transpose': 'layer',
  'depthwise-conv2d': 'layer',
  dense: 'layer',
  'batch-norm': 'norm',
  'layer-norm': 'norm',
  scale: 'norm',
  relu: 'pass',
  'leaky-relu': 'pass',
  relu6: 'clamp',
  'max-pool': 'pass',
  'average-pool': 'pass',
  'global-average-pool': 'pass',
  pad: 'pass',
  flatten: 'pass',
  reshape: 'pass',
  transpose: 'pass',
  add: 'pass',
  concat: 'pass',
  matmul: 'pass',
  mul: 'bar',
  embedding: 'bar',
  'fake-quantize': 'bar',
  sigmoid: 'bar',
  tanh: 'bar',
  swish: 'bar',
  'hard-swish': 'bar',
  softmax: 'bar',
  sign: 'bar',
};

/** What the op of this name does with factors on its channels. */
export const passageOf = (op: string): Passage => passages[op as OpName] ?? 'bar';

/**
 * Whether the channels of input `which` are still told apart by their place on the last axis of the output: not where a view moves them to other
 * axes, nor where a matrix product adds over them.
 */
export function keepsChannels(
  { op, attributes }: { readonly op: string; readonly attributes: Attributes },
  { which, input, output }: { readonly which: number; readonly input: Shape; readonly output: Shape },
): boolean {
  const [before, after] = [input.at(-1) ?? 1, output.at(-1) ?? 1];
  if (op === 'reshape' || op === 'flatten') return after % before === 0 || before % after === 0;
  if (op === 'transpose') return (attributes.permutation as readonly number[]).at(-1) === input.length - 1;
  if (op === 'matmul') return which === 1 && attributes.transposeB === false;
  return true;
}
