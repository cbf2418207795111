import type { Dataset } from '../../../data/dataset.ts';
import { activationValues } from '../../../inspect/activations.ts';
import { network } from '../../../model/build.ts';
import { firstInput, type Model } from '../../../model/model.ts';
import { valuesOf } from '../../../model/run.ts';
import { inferShapes } from '../../../model/shapes.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { type Shape, sameShape } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import { untaped } from '../../../tensor/untaped.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import { meanSquaredError } from '../../../train/losses.ts';
import type { FitOptions } from '../../../train/options.ts';
import { companion } from '../companion.ts';
import { assertComparable, foundPair, foundPlace, type ModelPlace, type PlacePair } from '../place.ts';
import { type Match, matchOf } from './match.ts';
import { unitLength } from './unit-length.ts';

/** The node of a paraphraser that gives the factor. */
const factorNode = 'factor';

/** How a paraphraser is trained. */
export interface ParaphraserOptions extends Omit<FitOptions, 'loss' | 'augment'> {
  /** Channels of the factor; default half of the teacher's, rounded up. */
  readonly factors?: number;
}

/** How factors are matched. */
export interface FactorTransferOptions {
  /** Power p of |f_s - f_t|; default 1, with which the paper reports its results. */
  readonly power?: 1 | 2;
  /** Where the translator's first values come from; default 0. */
  readonly seed?: number;
  /** Receives the translator at the end: maps of the student → factors. */
  readonly onTranslator?: (translator: Model) => void;
}

/**
 * Trains a paraphraser of the teacher's maps at a node, without labels: an autoencoder of 3×3 convolutions with leaky ReLU 0.1, c → c → factors → c → c, on the mean squared
 * error of what comes back; its node `factor` gives [h, w, factors]. The paper's has three layers a side, with batch norm. Kim et al. 2018, §3.1.
 * @throws LabError `distill/node`, `distill/shape` unless the node gives maps, `distill/factors` unless their number is whole and above 0, and the errors of `fit`.
 * @example
 * const data = strokeGlyphs({ count: 32, seed: 1 });
 * const paraphraser = await distill.trainParaphraser({ model: vgg({ widths: [8] }), node: 'relu-1' }, data, { factors: 4, optimizer: 'adam' });
 */
export async function trainParaphraser(place: ModelPlace, data: Dataset | Examples, options: ParaphraserOptions = {}): Promise<Model> {
  const { id, shape } = foundPlace(place);
  const { factors = Math.ceil((shape.at(-1) as number) / 2), ...how } = options;
  if (shape.length !== 3)
    throw new LabError('distill/shape', `A paraphraser reads maps [h, w, c]; ${id} gives [${shape.join(', ')}].`, 'Take an earlier node.');
  if (!(Number.isInteger(factors) && factors > 0))
    throw new LabError('distill/factors', `factors is a whole number above 0; got ${factors}.`, 'Usual is half of the channels.');
  const maps = activationValues(place.model, data, { nodes: [id] }).get(id) as NDArray;
  return fit(autoencoder(shape, factors, options.seed), { inputs: maps, targets: maps }, { ...how, loss: meanSquaredError() });
}

/**
 * Factors alike: mean over batch and entries of |f_s / ‖f_s‖ - f_t / ‖f_t‖|^p, where f_t is what a trained paraphraser makes of the teacher's maps, a constant, and f_s what a
 * translator makes of the student's: two 3×3 convolutions with leaky ReLU, trained beside the student and no part of it. Not 0 for equal networks, since the translator starts
 * from chance. Kim et al. 2018, equations 2-3, as a mean.
 * @throws LabError `distill/node`, `distill/shape` unless both are maps of one height and width and the paraphraser reads the teacher's.
 * @example
 * const data = strokeGlyphs({ count: 32, seed: 1 });
 * const [student, teacher] = [vgg({ widths: [4] }), vgg({ widths: [8] })];
 * const paraphraser = await distill.trainParaphraser({ model: teacher, node: 'relu-1' }, data, { optimizer: 'adam' });
 * const pair = { student: { model: student, node: 'relu-1' }, teacher: { model: teacher, node: 'relu-1' } };
 * const loss = distill.distillationLoss({
 *   teacher: distill.frozenTeacher(teacher),
 *   matches: [[500, distill.factorTransfer(pair, paraphraser)]],
 *   labels: [1],
 * });
 * const taught = await fit(student, data, { loss });
 */
export function factorTransfer(pair: PlacePair, paraphraser: Model, options: FactorTransferOptions = {}): Match {
  const { power = 1, seed = 0, onTranslator } = options;
  const reads = inferShapes(paraphraser).get(firstInput(paraphraser).id) as Shape;
  const factor = foundPlace({ model: paraphraser, node: factorNode });
  assertComparable('factorTransfer', pair, {
    fits: (s, t) => s.length === 3 && sameShape(t, reads) && sameShape(s.slice(0, 2), factor.shape.slice(0, 2)),
    expected: `Both are maps [h, w, c] of one height and width, and the paraphraser reads [${reads.join(', ')}].`,
  });
  const { student, teacher } = foundPair(pair);
  const translator = companion(translatorOf(student.shape, factor.shape[2] as number, seed), `factor.${student.id}.${teacher.id}`);
  const read = (maps: tf.Tensor): tf.Tensor => unitLength(maps.reshape([maps.shape[0] as number, -1]));
  return matchOf(
    pair,
    (s, t, { own, loss }) => {
      const { output } = translator.model;
      const translated = translator.values([output], s, { ...loss, parameters: own })[output] as tf.Tensor;
      const wanted = untaped(() =>
        read(valuesOf(paraphraser, { [firstInput(paraphraser).id]: t }, { ids: [factor.id] })[factor.id] as tf.Tensor),
      );
      const apart = tf.sub(read(translated), wanted);
      return (power === 1 ? tf.abs(apart) : tf.square(apart)).mean().asScalar();
    },
    { owns: translator.owns, afterTraining: owned => onTranslator?.(translator.trained(owned)) },
  );
}

function autoencoder(shape: Shape, factors: number, seed = 0): Model {
  const channels = shape[2] as number;
  return network('paraphraser', shape, { seed })
    .conv2d(channels)
    .leakyRelu(0.1)
    .conv2d(factors)
    .leakyRelu(0.1, { id: factorNode })
    .conv2d(channels)
    .leakyRelu(0.1)
    .conv2d(channels)
    .model();
}

const translatorOf = (shape: Shape, factors: number, seed: number): Model =>
  network('translator', shape, { seed }).conv2d(factors).leakyRelu(0.1).conv2d(factors).leakyRelu(0.1).model();
