import { binding as compute } from './native.ts';
import { type OpAttribute, runOp } from './run-op.ts';
import { binding, native, type tf } from './tfjs.ts';

/**
 * What convolutions and products of matrices compute from: float32, or numbers rounded to bfloat16 (float32 without its last 16 bits: the same
 * range, 8 significant bits).
 */
export type Precision = 'float32' | 'bf16';

/** Why this machine has no products of bfloat16 numbers; undefined where it has. */
export function bfloat16Missing(): string | undefined {
  if (!compute) return 'the compute kernels are not built here, so that nobody knows what the processor can do';
  if (compute.features.some(name => name.endsWith('_bf16'))) return undefined;
  const level = process.env.TINYLAB_ISA;
  return `the processor has neither avx512_bf16 nor amx_bf16${level ? `, or TINYLAB_ISA=${level} hides them` : ''}`;
}

// tfjs knows no tensor of bfloat16: here they are handles of TensorFlow's, which nobody but the owner gives back.
interface Handles {
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(made: ReturnType<typeof binding.executeOp>[number]): tf.Tensor;
}
const handles = (): Handles => native() as unknown as Handles;

// TensorFlow's numbers of its dtypes (types.proto)
const float32 = 1;
const bfloat16 = 14;
const type = (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_TYPE, value });

const narrowing = [type('SrcT', float32), type('DstT', bfloat16)];
const widening = [type('SrcT', bfloat16), type('DstT', float32)];

function execute(op: string, attributes: readonly OpAttribute[], inputs: readonly number[]): ReturnType<typeof binding.executeOp>[number] {
  const [made] = binding.executeOp(op, attributes as OpAttribute[], inputs as number[], 1);
  return made as NonNullable<typeof made>;
}

/**
 * Runs an op of one output in bfloat16: its float32 inputs rounded (halves to even), products summed up in float32, the result rounded once and given
 * as float32. Other inputs (shapes) go in as they are. Processors multiply in pairs, so that NaN and infinities may make NaN of neighbours as well.
 */
export function runInBfloat16(op: string, inputs: readonly tf.TensorInfo[], attributes: readonly OpAttribute[]): tf.Tensor {
  const ids = handles().getInputTensorIds(inputs);
  const owned: number[] = [];
  const own = (made: { readonly id: number }): number => {
    owned.push(made.id);
    return made.id;
  };
  try {
    const narrow = ids.map((id, i) => (inputs[i]?.dtype === 'float32' ? own(execute('Cast', narrowing, [id])) : id));
    const result = own(execute(op, [...attributes, type('T', bfloat16)], narrow));
    return handles().createOutputTensor(execute('Cast', widening, [result]));
  } finally {
    for (const id of owned) binding.deleteTensor(id);
  }
}

/** Rounds float32 to the nearest bfloat16, halves to even, and gives it as float32. */
export const toBfloat16: (x: tf.TensorInfo) => tf.Tensor = x => runInBfloat16('Identity', [x], []);

/** Runs a float32 op on inputs rounded to bfloat16, for what TensorFlow does wrong in bfloat16. */
export function runOnRounded(op: string, inputs: readonly tf.TensorInfo[], attributes: readonly OpAttribute[]): tf.Tensor {
  return toBfloat16(
    runOp(
      op,
      inputs.map(x => (x.dtype === 'float32' ? toBfloat16(x) : x)),
      attributes,
    ),
  );
}
