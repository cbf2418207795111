import type { Dataset } from '../data/dataset.ts';
import { predict } from '../model/forward.ts';
import type { Model } from '../model/model.ts';
import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { classesOf, correctCount, strayLabel, topClasses } from '../tensor/top-class.ts';

/** What evaluation needs of a dataset. */
export type Labelled = Pick<Dataset, 'images' | 'labels'>;

/** How a model is run over data. */
export interface EvaluationOptions {
  /** Samples computed at once; default 256. */
  readonly batchSize?: number;
}

/**
 * The class with the highest score for each image (the first, when several tie), int32 [n]; -1 where a score is not a finite number. A model with one
 * output is binary: class 1 where its logit is above 0, else class 0.
 * @throws LabError `shape/mismatch` when the images do not fit the model, `measure/scores` for a model whose outputs are not [n, classes].
 */
export function classify(model: Model, images: NDArray, options: EvaluationOptions = {}): NDArray {
  const { predicted } = classified(model, images, options);
  return array([predicted.length], predicted, 'int32');
}

function classified(model: Model, images: NDArray, options: EvaluationOptions): { predicted: Int32Array; classes: number } {
  const scores = predict(model, images, options);
  const [, outputs = 0] = scores.shape;
  if (scores.shape.length !== 2 || outputs === 0)
    throw new LabError(
      'measure/scores',
      `Model ${model.name} gives outputs [${scores.shape.join(', ')}], which are no classes.`,
      'A classifier ends in [n, classes]: one score for each class, or one logit for two.',
    );
  return { predicted: topClasses(scores.data, outputs), classes: classesOf(outputs) };
}

/**
 * Share of images whose class (see `classify`) is their label, 0 … 1. An image with a score that is not finite is wrong.
 * @throws LabError `measure/empty` when there is no image, `measure/labels` when there is not one label for each, or one is none of the classes
 * that the model tells apart; `measure/scores`.
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
 * How often each class was taken for which: int32 [classes, classes], rows are labels, columns predictions; as many classes as `data.classes` names,
 * or as the model tells apart. Images whose scores are not finite are in no column.
 * @throws LabError `measure/empty`, `measure/labels`, `measure/scores`; `measure/classes` when the model tells more classes apart than are named.
 */
export function confusion(model: Model, data: Labelled & Partial<Pick<Dataset, 'classes'>>, options: EvaluationOptions = {}): NDArray {
  const { predicted, labels, classes } = evaluated(model, data, options);
  const named = data.classes?.length ?? classes;
  if (named < classes)
    throw new LabError(
      'measure/classes',
      `Model ${model.name} tells ${classes} classes apart; the data names ${named}.`,
      'Name every class, or leave `classes` out.',
    );
  const counts = new Int32Array(named * named);
  for (let n = 0; n < labels.length; n++) if (predicted[n] !== -1) counts[labels[n] * named + predicted[n]] += 1;
  return array([named, named], counts, 'int32');
}

function evaluated(model: Model, { images, labels }: Labelled, options: EvaluationOptions) {
  const [samples = 0] = images.shape;
  if (labels.shape.length !== 1 || labels.shape[0] !== samples || labels.dtype === 'int4')
    throw new LabError(
      'measure/labels',
      `There are ${samples} images; labels have the shape [${labels.shape.join(', ')}] and dtype ${labels.dtype}.`,
      'Give one label for each image, int32 [n].',
    );
  if (samples === 0) throw new LabError('measure/empty', 'There is no image to evaluate on.', 'Give at least one.');
  const { predicted, classes } = classified(model, images, options);
  const wrong = strayLabel(labels.data, classes);
  if (wrong < 0) return { predicted, labels: labels.data, classes };
  throw new LabError(
    'measure/labels',
    `Label ${labels.data[wrong]} of image ${wrong} is none of the ${classes} classes that model ${model.name} tells apart.`,
    'Labels are whole numbers from 0.',
  );
}
