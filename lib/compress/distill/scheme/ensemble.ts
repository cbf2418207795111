import { predict } from '../../../model/forward.ts';
import type { Model } from '../../../model/model.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { untaped } from '../../../tensor/untaped.ts';
import { frozenTeacher, type Teacher } from '../teacher.ts';
import { assertSameClasses } from './students.ts';

/** How several networks become one voice. */
export interface EnsembleOptions {
  /**
   * What is averaged: `probabilities` gives log(1/K Σ softmax(z_k)), whose softmax is the mean of the distributions; `logits` gives 1/K Σ z_k, whose
   * softmax is their geometric mean. Default `probabilities`.
   */
  readonly mean?: 'probabilities' | 'logits';
}

/**
 * Several teachers as one: its output [n, classes] is the mean of theirs. Only the output can be matched, since hidden values of different networks have no mean; it
 * goes by the first network's name of it.
 * @throws LabError `distill/ensemble` for none or an unknown mean, `distill/shape` unless all take the same images and give the same classes; at a batch
 * `distill/node` when another node than the output is asked for, `distill/teacher`.
 * @example
 * const teacher = distill.ensembleTeacher([mlp({ hidden: [16] }), mlp({ hidden: [16], seed: 1 })]);
 */
export function ensembleTeacher(members: readonly (Model | Teacher)[], options: EnsembleOptions = {}): Teacher {
  const teachers = members.map(member => ('values' in member ? member : frozenTeacher(member)));
  const [first] = teachers;
  const mean = meanOf(options);
  if (!first) throw new LabError('distill/ensemble', 'An ensemble of no network says nothing.', 'Give one or more.');
  assertSameClasses(
    'ensembleTeacher',
    teachers.map(({ model }) => model),
  );
  const { model } = first;
  return {
    model,
    values(ids, context) {
      const lost = ids.find(id => id !== model.output);
      if (lost !== undefined)
        throw new LabError(
          'distill/node',
          `An ensemble has no value of node ${lost}: hidden values have no mean.`,
          `Match its output ${model.output}.`,
        );
      if (ids.length === 0) return {};
      return untaped(() => ({
        [model.output]: mean(teachers.map(one => one.values([one.model.output], context)[one.model.output] as tf.Tensor)),
      }));
    },
  };
}

/**
 * What an ensemble says of images [n, …]: logits float32 [n, classes], whose softmax is the mean of the networks' distributions (or, of `logits`, their mean).
 * @throws LabError `distill/ensemble`, `distill/shape`, as `ensembleTeacher`, and the errors of `predict`.
 * @example
 * const { images } = strokeGlyphs({ count: 8, seed: 1 });
 * distill.ensembleLogits([mlp(), mlp({ seed: 1 })], images).shape; // → [8, 10]
 */
export function ensembleLogits(models: readonly Model[], images: NDArray, options: EnsembleOptions = {}): NDArray {
  const mean = meanOf(options);
  if (models.length === 0) throw new LabError('distill/ensemble', 'An ensemble of no network says nothing.', 'Give one or more.');
  assertSameClasses('ensembleLogits', models);
  const all = models.map(model => predict(model, images));
  const [{ shape }] = all as [NDArray];
  const said = tf.tidy(() => mean(all.map(({ data }) => tf.tensor(data as Float32Array, [...shape]))).dataSync() as Float32Array);
  return array(shape, said);
}

function meanOf({ mean = 'probabilities' }: EnsembleOptions): (logits: readonly tf.Tensor[]) => tf.Tensor {
  if (mean === 'logits') return logits => tf.div(tf.addN([...logits]), logits.length);
  if (mean === 'probabilities') return logits => tf.logSumExp(tf.stack(logits.map(z => tf.logSoftmax(z))), 0).sub(Math.log(logits.length));
  throw new LabError(
    'distill/ensemble',
    `The mean of an ensemble is of 'probabilities' or of 'logits'; got ${String(mean)}.`,
    'Leave it out.',
  );
}
