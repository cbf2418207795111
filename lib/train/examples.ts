import type { Augmentation } from '../data/augment.ts';
import { gatherImages } from '../data/augment.ts';
import { type Dataset, rows } from '../data/dataset.ts';
import type { InputDType } from '../model/model.ts';
import type { NDArray } from '../tensor/array.ts';
import { countedCorrect } from '../tensor/cross-entropy.ts';
import { LabError } from '../tensor/errors.ts';
import type { Random } from '../tensor/random.ts';
import { sameShape } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { classesOf, correctCount, strayLabel, topClasses } from '../tensor/top-class.ts';
import { wholeNumbers } from '../tensor/whole.ts';

/** Anything to learn from: inputs [N, …] and targets [N] or [N, …], float32, int32 or uint8 (uint8 inputs are divided by 255). */
export interface Examples {
  readonly inputs: NDArray;
  readonly targets: NDArray;
}

/**
 * A dataset's images and labels, or the examples themselves.
 * @throws LabError `train/examples` when there are none, or their numbers differ.
 */
export function examplesOf(data: Dataset | Examples): Examples {
  const { inputs, targets } = 'images' in data ? { inputs: data.images, targets: data.labels } : data;
  const [count = 0] = inputs.shape;
  if (count > 0 && targets.shape[0] === count) return { inputs, targets };
  throw new LabError(
    'train/examples',
    `There are ${count} inputs and ${targets.shape[0] ?? 0} targets.`,
    'Each input needs one target, and there must be at least one.',
  );
}

/**
 * The examples that `indices` names, as tensors x (float32, or int32 for a model whose input says so) and y (int32 or float32). The caller
 * disposes them.
 */
export function batchTensors(
  { inputs, targets }: Examples,
  indices: ArrayLike<number>,
  change: { augment?: Augmentation; rng?: Random; dtype?: InputDType } = {},
): { x: tf.Tensor; y: tf.Tensor } {
  const aims = rows(targets, indices);
  const shape = [indices.length, ...inputs.shape.slice(1)];
  return {
    x:
      change.dtype === 'int32'
        ? tf.tensor(wholeNumbers('An input of int32', rows(inputs, indices).data), shape, 'int32')
        : tf.tensor(gatherImages(inputs, indices, change), shape, 'float32'),
    y: tf.tensor(aims.data, [...aims.shape], aims.dtype === 'float32' ? 'float32' : 'int32'),
  };
}

/**
 * How many rows of the outputs [n, classes] have their class (`topClasses`: one output is a binary logit) at the label int32 [n], or [n, 1] for one
 * output; a row that is not finite is never right. Undefined where outputs and targets are no classification: another shape or dtype, or a label
 * that is none of the classes.
 */
export function correctAnswers(outputs: tf.Tensor, targets: tf.Tensor): number | undefined {
  const [count, width = 0] = outputs.shape;
  const fits = targets.rank === 1 ? targets.shape[0] === count : width === 1 && sameShape(outputs.shape, targets.shape);
  const counted = countedCorrect(outputs, targets);
  if (counted !== undefined) return counted;
  if (outputs.rank !== 2 || width === 0 || !fits || targets.dtype !== 'int32') return undefined;
  const labels = targets.dataSync();
  if (strayLabel(labels, classesOf(width)) >= 0) return undefined;
  return correctCount(topClasses(outputs.dataSync(), width), labels);
}
