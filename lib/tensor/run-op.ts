import { binding, native, type tf } from './tfjs.ts';

/** An attribute of a TensorFlow op, as the native binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: string | number | boolean | number[];
}

/** Makes op attributes: a TensorFlow dtype, whole numbers, a float, a flag, a word. */
export const attribute: {
  readonly dtype: (name: string, of: tf.DataType) => OpAttribute;
  readonly int: (name: string, value: number | number[]) => OpAttribute;
  readonly float: (name: string, value: number) => OpAttribute;
  readonly bool: (name: string, value: boolean) => OpAttribute;
  readonly string: (name: string, value: string) => OpAttribute;
} = {
  dtype: (name, of) => ({ name, type: binding.TF_ATTR_TYPE, value: native().getDTypeInteger(of) }),
  int: (name, value) => ({ name, type: binding.TF_ATTR_INT, value }),
  float: (name, value) => ({ name, type: binding.TF_ATTR_FLOAT, value }),
  bool: (name, value) => ({ name, type: binding.TF_ATTR_BOOL, value }),
  string: (name, value) => ({ name, type: binding.TF_ATTR_STRING, value }),
};

/** Whole numbers by their names. */
export const intAttributes = (values: Readonly<Record<string, number>>): OpAttribute[] =>
  Object.entries(values).map(([name, value]) => attribute.int(name, value));

/** Runs a TensorFlow op that gives one tensor. Attributes left out keep TensorFlow's defaults; type attributes follow from the inputs. */
export function runOp(op: string, inputs: readonly tf.TensorInfo[], attributes: readonly OpAttribute[]): tf.Tensor {
  return native().executeSingleOutput(op, attributes as OpAttribute[], inputs as tf.TensorInfo[]);
}

/** Marks the kernels that oneDNN brings under names of their own (`_MklNative…`), for plain tensors. */
export const onednnKernel: OpAttribute = attribute.string('_kernel', 'MklNameChangeOp');

/** Runs a TensorFlow op that gives `outputs` tensors. */
export function runOps(
  op: string,
  inputs: readonly tf.TensorInfo[],
  { attributes, outputs }: { attributes: readonly OpAttribute[]; outputs: number },
): tf.Tensor[] {
  return native().executeMultipleOutputs(op, attributes as OpAttribute[], inputs as tf.TensorInfo[], outputs);
}
