import type { Dataset } from '../data/dataset.ts';
import { predict } from '../model/forward.ts';
import type { Model } from '../model/model.ts';
import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { correctCount, topClasses } from '../tensor/top-class.ts';

/** What evaluation needs of a dataset. */
export type Labelled = Pick<Dataset, 'images' | 'labels'>;

/** How a model is run over data. */
export interface EvaluationOptions {
  /** Samples computed at once; default 256. */
  readonly batchSize?: number;
}

/**
 * The class with the highest score for each image (the first, when several tie), int32 [n]; -1 where a score is not a finite number.
 * @throws LabError `shape/mismatch` when the images do not fit the model.
 */
export function classify(model: Model, images: NDArray, options: EvaluationOptions = {}): NDArray {
  const scores = predict(model, images, options);
  const [samples = 0, classes = 0] = scores.shape;
  // A net without classes has a row for each image all the same.
  return array([samples], classes === 0 ? new Int32Array(samples).fill(-1) : topClasses(scores.data, classes), 'int32');
}

/**
 * Share of images whose highest score (the first of equals) is at their label, 0 … 1. An image with a score that is not finite is wrong.
 * @throws LabError `measure/empty` when there is no image, `measure/labels` when there is not one label for each.
 * @example
 * // equal scores: the first class wins
 * const model = mlp({ input: [2, 2, 1], hidden: [], classes: 2 });
 * accuracy(model, { images: zeros([3, 2, 2, 1], 'uint8'), labels: zeros([3], 'int32') }); // → 1
 */
export function accuracy(model: Model, data: Labelled, options: EvaluationOptions = {}): number {
  const { predicted, labels } = evaluated(model, data, options);
  return correctCount(predicted, labels) / labels.length;
}

/**
 * How often each class was taken for which: int32 [classes, classes], rows are labels, columns predictions. Images whose scores are not finite
 * are in no column.
 * @throws LabError `measure/empty`, `measure/labels`.
 */
export function confusion(model: Model, data: Labelled & Partial<Pick<Dataset, 'classes'>>, options: EvaluationOptions = {}): NDArray {
  const { predicted, labels } = evaluated(model, data, options);
  const classes = data.classes?.length ?? 1 + largest(labels, largest(predicted, 0));
  const counts = new Int32Array(classes * classes);
  for (let n = 0; n < labels.length; n++) {
    const [row, column] = [labels[n], predicted[n]];
    if (column >= 0 && column < classes) counts[row * classes + column] += 1;
  }
  return array([classes, classes], counts, 'int32');
}

const largest = (values: ArrayLike<number>, start: number): number => Array.from(values).reduce((a, b) => Math.max(a, b), start);

function evaluated(model: Model, { images, labels }: Labelled, options: EvaluationOptions) {
  const [samples = 0] = images.shape;
  if (labels.data.length !== samples)
    throw new LabError('measure/labels', `There are ${samples} images and ${labels.data.length} labels.`, 'Give one label for each image.');
  if (samples === 0) throw new LabError('measure/empty', 'There is no image to evaluate on.', 'Give at least one.');
  return { predicted: classify(model, images, options).data, labels: labels.data };
}
