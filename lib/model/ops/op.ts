import type { Precision } from '../../tensor/bfloat16.ts';
import { LabError } from '../../tensor/errors.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { tf } from '../../tensor/tf.ts';
import type { AttributeKind } from '../attributes.ts';
import type { Coupling } from '../channels/rule.ts';
import type { Initial } from '../initial.ts';
import type { Attributes } from '../model.ts';
import type { Places, Sight } from '../places.ts';

/** A parameter that an op needs: its shape, whether training changes it, and its first value. */
export interface ParameterSpec {
  readonly shape: Shape;
  readonly trainable: boolean;
  readonly initial: Initial;
}

/** What an op computes from: tensors carry the batch axis first, parameters go by role. */
export interface Computation<A = Attributes> {
  readonly inputs: readonly tf.Tensor[];
  readonly parameters: Readonly<Record<string, tf.Tensor>>;
  readonly attributes: A;
  /** true while training: batch norm uses the batch's own statistics. */
  readonly training: boolean;
  /** What products are computed from, for ops of convolutions and matrices; default float32. */
  readonly precision?: Precision;
  /** An op among `alongWith` whose result is wanted at once, in place of this op's own. */
  readonly along?: string;
  /** Receives a batch's own value of a running statistic, which moves by old ← momentum · old + (1 - momentum) · value. */
  readonly onStatistic?: (role: string, value: tf.Tensor, momentum: number) => void;
}

/**
 * One operation: everything the library knows about it. Shapes have no batch axis. Adding an op is one file beside this one and one line
 * in `all.ts`.
 */
export interface Op<Name extends string = string, A = Attributes> {
  readonly name: Name;
  /** Number of inputs: exactly this many, or at least two when 'many'. */
  readonly arity: 0 | 1 | 2 | 'many';
  readonly attributes: Readonly<Record<string, AttributeKind>>;
  /** Elementwise ops with one input and views may write their result over their input (memory analysis). */
  readonly inPlace?: boolean;
  /** Whether it is an activation function: each value by itself, without parameters. */
  readonly activation?: boolean;
  /** Activation functions that it can compute along with its own result, in one pass over memory. */
  readonly alongWith?: readonly string[];
  /** Output shape. Throws a LabError when the inputs do not fit. */
  infer(inputs: readonly Shape[], attributes: A): Shape;
  /** Parameters by role (kernel, bias, gamma …); none when absent. */
  parameters?(inputs: readonly Shape[], attributes: A): Readonly<Record<string, ParameterSpec>>;
  /** Multiply-accumulates for one sample; 0 when absent. Bias, normalisation, pooling and activations count nothing. */
  macs?(inputs: readonly Shape[], output: Shape, attributes: A): number;
  /** Which places of an input some places of the output depend on (receptive field); the same ones when absent. */
  reads?(places: Places, sight: Sight<A>): Places;
  /** After how many rows or columns of the output that pattern repeats; 1 when absent. */
  repeats?(attributes: A): number;
  /** Which channels must be cut together when they pass it. */
  readonly coupling: Coupling;
  forward(computation: Computation<A>): tf.Tensor;
}

/** The one input of an op of arity 1. */
export function only<T>(inputs: readonly T[]): T {
  return inputs[0] as T;
}

/**
 * The input's shape, when it has an axis to work along: the last one.
 * @throws LabError `model/rank` for a scalar.
 */
export function withLastAxis(shape: Shape): Shape {
  if (shape.length > 0) return shape;
  throw new LabError('model/rank', 'Expected an input with an axis (without the batch), got a scalar.', 'Reshape the input to [1].');
}

/**
 * The input's shape, when it has `rank` axes (3: an image [height, width, channels]).
 * @throws LabError `model/rank`.
 */
export function ofRank(rank: number, shape: Shape | undefined): Shape {
  if (shape?.length === rank) return shape;
  throw new LabError(
    'model/rank',
    `Expected an input with ${rank} axes (without the batch), got [${shape?.join(', ')}].`,
    rank === 3 ? 'Images are [height, width, channels].' : 'Put flatten or globalAveragePool before it.',
  );
}
