import type { Attributes } from '../../../model/model.ts';
import { factors, wideFunctionFactor } from '../../factors.ts';
import type { IntegerOpName } from '../../integer/index.ts';
import { ends } from '../../integer/stored.ts';
import { matmulAttributes, productAttributes, sumSteps } from '../../lower/elementwise.ts';
import type { Grid } from '../../lower/grid.ts';
import { requantization } from '../../lower/rule.ts';
import { probabilities, softmaxAttributes } from '../../lower/softmax.ts';
import type { ProgramTensor, Step } from '../../program.ts';
import { refuseOnnx } from './refuse.ts';

// ONNX knows scales and zero points, a program multipliers and shifts: these follow from those. Geometry (strides, axes …) is told apart.

/** What a step reads and writes; a bias is none of it. */
export interface StepTensors {
  readonly inputs: readonly (ProgramTensor | undefined)[];
  readonly output: ProgramTensor;
  /** Ends of the clamp, where the op has one. */
  readonly low: number;
  readonly high: number;
}

/** The attributes of a step that scales and zero points give. */
type Meaning = (tensors: { readonly of: (i: number) => Grid; readonly to: Grid; readonly weight: () => ProgramTensor }) => Attributes;

const none: Meaning = () => ({});
const clamp: Meaning = ({ to: { low, high } }) => ({ low, high });

const layer: Meaning = ({ of, to, weight }) => {
  const tensor = weight();
  const { scale, zeroPoint } = quantizationOf(tensor);
  // a dense layer's weight has two axes
  const factor = tensor.shape.length === 2 && scale.length === 1 ? factors.perTensor : factors.perChannel;
  return {
    inputZeroPoint: of(0).zeroPoint,
    weightZeroPoint: zeroPoint,
    ...requantization(
      scale.map(s => factor(of(0).scale, s, to.scale)),
      to,
    ),
  };
};

const moves: Meaning = ({ of, to }) => ({ inputZeroPoint: of(0).zeroPoint, ...requantization([of(0).scale / to.scale], to) });
const sum: Meaning = ({ of, to }) => sumSteps(of(0), of(1), to);
const product: Meaning = ({ of, to }) => productAttributes(of(0), of(1), to);

/** Of 16 bits, on the grid of probabilities. */
const wide: Meaning = ({ of, to }) => {
  const { scale, zeroPoint } = probabilities.int16 as Grid;
  if (to.scale !== scale || to.zeroPoint !== zeroPoint || of(0).zeroPoint !== 0)
    refuseOnnx(`a function of 16 bits lies on the grid ${scale} from 0 on.`);
  return { ...wideFunctionFactor(of(0).scale) };
};

const meanings: Readonly<Record<IntegerOpName, Meaning>> = {
  conv2d: layer,
  'depthwise-conv2d': layer,
  'conv2d-transpose': layer,
  dense: layer,
  add: sum,
  subtract: sum,
  multiply: product,
  matmul: ({ of, to }) => matmulAttributes(of(0), of(1), to),
  requantize: moves,
  mean: moves,
  'average-pool': clamp,
  'max-pool': clamp,
  softmax({ of, to }) {
    const { scale, zeroPoint } = probabilities[of(0).type] as Grid;
    if (to.scale !== scale || to.zeroPoint !== zeroPoint) refuseOnnx(`probabilities lie on the grid ${scale} from ${zeroPoint} on.`);
    return softmaxAttributes(of(0));
  },
  quantize: ({ to }) => ({ scale: to.scale, outputZeroPoint: to.zeroPoint, low: to.low, high: to.high }),
  dequantize: ({ of }) => ({ scale: of(0).scale, inputZeroPoint: of(0).zeroPoint }),
  minimum: none,
  maximum: none,
  lookup: none,
  concat: none,
  pad: none,
  paste: none,
  reshape: none,
  sigmoid: wide,
  slice: none,
  tanh: wide,
  transpose: none,
};

/**
 * The attributes of a step as scales and zero points give them.
 * @throws LabError `deploy/onnx` for a tensor that does not say what its integers stand for, `deploy/multiplier`.
 */
export function meaningOf(op: IntegerOpName, { inputs, output, low, high }: StepTensors): Attributes {
  const grid = (tensor: ProgramTensor | undefined, clamped = ends[tensor?.type ?? 'int8']): Grid => {
    const { scale, zeroPoint } = quantizationOf(tensor);
    const [first, last] = clamped as readonly [number, number];
    return { scale: scale[0] as number, zeroPoint: zeroPoint[0] as number, low: first, high: last, type: (tensor as ProgramTensor).type };
  };
  return meanings[op]({
    of: i => grid(inputs[i]),
    get to() {
      return output.type === 'float32' ? refuseOnnx(`${output.name} is no integer.`) : grid(output, [low, high]);
    },
    weight: () => inputs[1] as ProgramTensor,
  });
}

/** What the integers of a tensor stand for, in scales that float32 holds. */
export function quantizationOf(tensor: ProgramTensor | undefined): NonNullable<ProgramTensor['quantization']> {
  const { quantization, name = 'that is left out', type } = tensor ?? {};
  if (!quantization || !quantization.scale.length || !type || !ends[type])
    return refuseOnnx(`tensor ${name} does not say what its integers stand for.`, 'ONNX stores a scale and a zero point for each tensor.');
  if (quantization.scale.some(scale => Math.fround(scale) !== scale) && type !== 'int32')
    return refuseOnnx(
      `tensor ${name} has a scale that float32 does not hold.`,
      'Scales of fake-quantize nodes and of weights are float32.',
    );
  return quantization;
}

/** Ops that write what they read, or some of it: their output has the grid of their inputs. */
export const keepsGrid: ReadonlySet<string> = new Set<IntegerOpName>([
  'average-pool',
  'max-pool',
  'minimum',
  'maximum',
  'concat',
  'pad',
  'reshape',
  'slice',
  'transpose',
]);

const sameList = (a: unknown, b: unknown): boolean => {
  const [left, right] = [[a].flat(), [b].flat()];
  const at = (list: readonly unknown[], i: number): unknown => list[list.length === 1 ? 0 : i];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => at(left, i) === at(right, i)).every(Boolean);
};

const parts: Readonly<Record<string, readonly [multiplier: string, shift: string]>> = {
  multiplier: ['multiplier', 'shift'],
  shift: ['multiplier', 'shift'],
  aMultiplier: ['aMultiplier', 'aShift'],
  aShift: ['aMultiplier', 'aShift'],
  bMultiplier: ['bMultiplier', 'bShift'],
  bShift: ['bMultiplier', 'bShift'],
};

/** Whether a multiplier and its shift are the same number in float32, which some kernels compute it in, and ONNX does. */
function sameFactor(a: Attributes, b: Attributes, name: string): boolean {
  const pair = parts[name];
  if (!pair) return false;
  const of = (attributes: Attributes): readonly number[] => {
    const [multiplier, shift] = pair.map(key => [attributes[key] as number].flat()) as [number[], number[]];
    return multiplier.map((m, i) => m * 2 ** (shift[i] ?? 0));
  };
  const [left, right] = [of(a), of(b)];
  return left.length === right.length && left.every((factor, i) => Math.abs(factor - (right[i] as number)) <= factor * 2 ** -22);
}

/**
 * Refuses a step whose multipliers, shifts and zero points are not those that its tensors' scales give, to float32: ONNX would compute something else.
 * @throws LabError `deploy/onnx`.
 */
export function assertMeaning(step: Step, tensors: readonly ProgramTensor[], where: string): void {
  const of = (index: number): ProgramTensor | undefined => tensors[index];
  const output = of(step.outputs[0] as number) as ProgramTensor;
  const { low = 0, high = 0 } = step.attributes as { low?: number; high?: number };
  const inputs = step.inputs.map(of);
  const meaning = meaningOf(step.op as IntegerOpName, { inputs, output, low, high });
  for (const [name, value] of Object.entries(meaning))
    if (!sameList(value, step.attributes[name]) && !sameFactor(meaning, step.attributes, name))
      refuseOnnx(`${where} computes with ${name} ${step.attributes[name]}; its scales and zero points give ${value}.`);
  if (!keepsGrid.has(step.op) || output.type === 'float32') return;
  const grid = ({ type, quantization }: ProgramTensor): string => JSON.stringify([type, quantization?.scale, quantization?.zeroPoint]);
  if (inputs.some(input => input && grid(input) !== grid(output))) refuseOnnx(`${where} moves integers to another grid.`);
}
