import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { normal, random } from '../../../tensor/random.ts';
import { tf } from '../../../tensor/tf.ts';
import type { Owner } from '../../../train/owned.ts';
import { assertComparable, foundPair, type PlacePair } from '../place.ts';

/** Whether and how the student's channels are mapped to the teacher's. */
export interface RegressorOptions {
  /**
   * Whether a regressor stands between: a linear map of the student's channels to the teacher's (a 1×1 convolution with bias on maps), trained beside the student.
   * Default: where the channels differ. Without one, they must be as many.
   */
  readonly regressor?: boolean;
  /** Where the regressor's first values come from; default 0. */
  readonly seed?: number;
  /** Receives the regressor's kernel [student channels, teacher channels] and bias at the end. */
  readonly onRegressor?: (regressor: { readonly kernel: NDArray; readonly bias: NDArray }) => void;
}

/** The student's value in the teacher's channels, and what that takes. */
export interface Regressor {
  readonly owner: Required<Pick<Owner, 'owns' | 'afterTraining'>> | undefined;
  /** [n, …, student channels] → [n, …, teacher channels]; without a regressor, the value itself. */
  regressed(student: tf.Tensor, own: Readonly<Record<string, tf.Tensor>>): tf.Tensor;
}

/**
 * The regressor of a match that is called `what`, with parameters named after it and the nodes.
 * @throws LabError `distill/node`, `distill/shape` unless both are maps of one height and width, or vectors; `distill/regressor` when the channels differ and
 * there is none.
 */
export function regressorOf(what: string, pair: PlacePair, options: RegressorOptions): Regressor {
  assertComparable(what, pair, {
    fits: (student, teacher) =>
      student.length === teacher.length && student.length > 0 && student.slice(0, -1).every((size, axis) => size === teacher[axis]),
    expected: 'Both are maps [h, w, c] of one height and width, or vectors [c]; channels may differ.',
  });
  const { student, teacher } = foundPair(pair);
  const [from, to] = [student.shape.at(-1), teacher.shape.at(-1)] as [number, number];
  const { regressor = from !== to, seed = 0, onRegressor } = options;
  if (!regressor && from !== to)
    throw new LabError(
      'distill/regressor',
      `${what}: ${from} channels of the student and ${to} of the teacher need a regressor.`,
      'Leave regressor out.',
    );
  if (!regressor) return { owner: undefined, regressed: value => value };
  const names = { kernel: `${what}.${student.id}.${teacher.id}.kernel`, bias: `${what}.${student.id}.${teacher.id}.bias` };
  const kernel = normal(random(seed).split(names.kernel), [from, to], { deviation: Math.sqrt(1 / from) });
  return {
    owner: {
      owns: { [names.kernel]: { value: kernel }, [names.bias]: { value: array([to], new Float32Array(to)) } },
      afterTraining: owned => onRegressor?.({ kernel: owned[names.kernel] as NDArray, bias: owned[names.bias] as NDArray }),
    },
    regressed(value, own) {
      const places = value.reshape([-1, from]) as tf.Tensor2D;
      const mapped = tf.add(tf.matMul(places, own[names.kernel] as tf.Tensor2D), own[names.bias] as tf.Tensor);
      return mapped.reshape([...value.shape.slice(0, -1), to]);
    },
  };
}
