import type { Dataset } from '../../../data/dataset.ts';
import type { Model } from '../../../model/model.ts';
import { realShape } from '../../../model/quantization/quantization.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { tf } from '../../../tensor/tf.ts';
import { upload } from '../../../tensor/upload.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import type { NamedTensors, TrainingHooks } from '../../../train/hooks.ts';
import { joinHooks } from '../../../train/join-hooks.ts';
import type { FitOptions } from '../../../train/options.ts';
import { assertCodebooks, type ClusterReduction, clusterSizes, codebooksOf, withEntries } from './centroid-gradients.ts';
import { type CodebookParameter, entryPlaces } from './entry-places.ts';

/** How code books are trained. */
export interface CodebookTraining {
  /** Default `mean`: with `sum` a learning rate of a thousandth is usual. */
  readonly reduction?: ClusterReduction;
  /** Receives the entries of each weight's code book, by its name, when training ends. */
  readonly onEntries?: (entries: Readonly<Record<string, NDArray>>) => void;
}

const own = (name: string): string => `codebook.${name}`;

/**
 * Trains the entries of code books in place of the weights: in the forward pass a weight is the entry that it stands for (0 where it is pruned), the
 * gradient of an entry is the sum, or the mean, of those of its weights, and which weight is which entry never changes. The optimizer of the run moves
 * them; weight decay leaves them alone. All else in the model trains as it does. Han et al. 2016, section 3.3.
 * @throws LabError `quantize/entries` for a model without code books, or with too large ones.
 */
export function codebookHooks(model: Model, { reduction = 'mean', onEntries }: CodebookTraining = {}): TrainingHooks {
  assertCodebooks(model);
  const books = Object.entries(codebooksOf(model)).map(([name, parameter]) => ({ name, book: bookOf(parameter) }));
  return {
    owns: Object.fromEntries(books.map(({ name, book }) => [own(name), { value: book.entries, decays: false }])),
    parameters: all => Object.fromEntries(books.map(({ name, book }) => [name, weightOf(book, all[own(name)] as tf.Tensor)])),
    gradients: gradients => (reduction === 'sum' ? gradients : { ...gradients, ...means(books, gradients) }),
    // what is measured and saved on the way is the quantized weight
    afterStep(variables) {
      for (const { name, book } of books) variables[name]?.assign(weightOf(book, variables[own(name)] as tf.Tensor));
    },
    afterTraining(owned) {
      onEntries?.(Object.fromEntries(books.map(({ name }) => [name, owned[own(name)] as NDArray])));
    },
  };
}

/** What the forward pass needs of a code book; tensors are uploaded when they are used. */
interface Book {
  readonly entries: NDArray;
  readonly shape: readonly number[];
  readonly places: Int32Array;
  readonly sizes: Int32Array;
  readonly mask?: NDArray;
}

function bookOf(parameter: CodebookParameter): Book {
  const { mask, quantization } = parameter;
  return {
    entries: quantization.entries,
    shape: realShape(parameter),
    places: entryPlaces(parameter),
    sizes: clusterSizes(parameter),
    ...(mask && { mask }),
  };
}

function weightOf({ places, shape, mask }: Book, entries: tf.Tensor): tf.Tensor {
  const weight = tf.gather(entries.flatten(), tf.tensor1d(places, 'int32')).reshape([...shape]);
  return mask ? tf.mul(weight, upload(mask).toFloat()) : weight;
}

/** The gradients of entries, divided by the number of their weights. */
function means(books: readonly { readonly name: string; readonly book: Book }[], gradients: NamedTensors): NamedTensors {
  const found = books.map(({ name, book: { sizes, entries } }) => {
    const share = Float32Array.from(sizes, size => 1 / Math.max(1, size));
    return [own(name), tf.mul(gradients[own(name)] as tf.Tensor, tf.tensor(share, [...entries.shape]))] as const;
  });
  return Object.fromEntries(found);
}

/**
 * Fine-tunes the code books of a model, and all that is not quantized, and returns it: quantized as it was, with other entries. See `codebookHooks`. Other
 * hooks of the run see the weights that the entries make.
 * @throws LabError `quantize/entries`, and the errors of `fit`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const quantized = kMeansQuantize(mlp({ hidden: [16], seed: 1 }), { bits: 2 });
 * const tuned = await fineTuneCodebooks(quantized, data, { epochs: 1, learningRate: 0.01 });
 * tuned.parameters['dense-1.kernel'].value === quantized.parameters['dense-1.kernel'].value; // → true
 */
export async function fineTuneCodebooks(
  model: Model,
  data: Dataset | Examples,
  options: FitOptions & Omit<CodebookTraining, 'onEntries'> = {},
): Promise<Model> {
  const { reduction, hooks, ...training } = options;
  let entries: Readonly<Record<string, NDArray>> = {};
  const tuning = codebookHooks(model, {
    reduction,
    onEntries: found => {
      entries = found;
    },
  });
  return withEntries(await fit(model, data, { ...training, hooks: joinHooks(tuning, hooks) }), model, entries);
}
