import { attribute, type OpAttribute } from '../run-op.ts';
import { binding, native, tf } from '../tfjs.ts';

// TensorFlow's optimizer ops update resource variables in place. A tfjs variable is a plain tensor, so its buffer is lent to a resource for
// the length of one op: assign (shares the buffer), drop our own handle, update, read back (shares it again). If anyone else still holds
// the buffer (a clone, the upload cache, a typed array of JavaScript), TensorFlow copies it before it writes.

/** What tfjs-node keeps for a tensor. There is no public way to exchange the handle, which is the point here. */
interface Entry {
  id: number;
  readonly refCount: number;
}
interface Internals {
  readonly tensorMap: { get(dataId: object): Entry };
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(metadata: { id: number; shape: number[]; dtype: number }): tf.Tensor;
}
const internals = (): Internals => native() as unknown as Internals;

const float = attribute.dtype('dtype', 'float32');
const anonymous: OpAttribute[] = [
  attribute.string('container', ''),
  attribute.string('shared_name', 'cd2c89b7-88b7-44c8-ad83-06c2a9158347'),
  float,
  { name: 'shape', type: binding.TF_ATTR_SHAPE, value: [] },
];

const resources: number[] = [];

function resource(index: number): number {
  resources[index] ??= (binding.executeOp('VarHandleOp', anonymous, [], 1)[0] as { id: number }).id;
  return resources[index];
}

function lend(variable: tf.Variable, index: number): number {
  const handle = resource(index);
  const [id] = internals().getInputTensorIds([variable]) as [number];
  binding.executeOp('AssignVariableOp', [float], [handle, id], 0);
  const entry = internals().tensorMap.get(variable.dataId);
  if (entry.refCount === 1) {
    binding.deleteTensor(id);
    entry.id = -1;
  }
  return handle;
}

function giveBack(variable: tf.Variable, index: number): void {
  const [read] = binding.executeOp('ReadVariableOp', [float], [resource(index)], 1) as [{ id: number; shape: number[]; dtype: number }];
  const entry = internals().tensorMap.get(variable.dataId);
  if (entry.refCount === 1) {
    entry.id = read.id;
    return;
  }
  const copy = internals().createOutputTensor(read);
  variable.assign(copy);
  copy.dispose();
}

/**
 * Runs an op that updates float32 `variables` in place: they come first among its inputs, in this order, then the tensors `inputs`.
 */
export function updateInPlace(
  op: string,
  variables: readonly tf.Variable[],
  { inputs, attributes }: { inputs: readonly tf.Tensor[]; attributes: OpAttribute[] },
): void {
  const values = internals().getInputTensorIds(inputs);
  const handles = variables.map(lend);
  try {
    binding.executeOp(op, attributes, [...handles, ...values], 0);
  } finally {
    variables.forEach(giveBack);
  }
}

/** Lets go of the last buffers that were lent, so that they die with their variables. */
export function releaseLent(): void {
  tf.tidy(() => {
    const [id] = internals().getInputTensorIds([tf.tensor1d([])]) as [number];
    for (const handle of resources) binding.executeOp('AssignVariableOp', [float], [handle, id], 0);
  });
}
