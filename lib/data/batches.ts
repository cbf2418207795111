import { LabError } from '../tensor/errors.ts';
import { random } from '../tensor/random.ts';
import { tf } from '../tensor/tf.ts';
import { type Augmentation, gatherImages } from './augment.ts';
import { countOf, type Dataset, rows } from './dataset.ts';

/** How a pass over the data is cut into batches. */
export interface OrderOptions {
  /** Examples in a batch; default 64. */
  readonly batchSize?: number;
  /** Shuffles; without it the examples come in their order. */
  readonly seed?: number;
  /** Names the pass over the data: every pass has an order of its own. */
  readonly epoch?: number;
  /** Leaves out a last batch that is not full. */
  readonly dropLast?: boolean;
}

/** Order, size and augmentation of the batches. */
export interface BatchOptions extends OrderOptions {
  /** Needs a seed. */
  readonly augment?: Augmentation;
}

/** Images and labels as tensors. Whoever takes a batch disposes both. */
export interface Batch {
  /** float32 [n, H, W, C], 0–1. */
  readonly images: tf.Tensor4D;
  /** int32 [n]. */
  readonly labels: tf.Tensor1D;
}

/**
 * Cuts a dataset into batches of tensors, shuffled and augmented as the seed says. The caller disposes each batch.
 * @throws LabError `data/batch` for a batch size that is not a positive whole number or an augmentation without a seed; `data/shape` unless there is a
 * label for each image, int32 [N].
 * @example
 * for (const { images, labels } of batches(strokeGlyphs({ count: 10, seed: 1 }), { batchSize: 4, seed: 7 })) tf.dispose([images, labels]);
 */
export function* batches(data: Dataset, options: BatchOptions = {}): Generator<Batch, void, undefined> {
  const { augment, seed, epoch = 0 } = options;
  if (augment && seed === undefined)
    throw new LabError('data/batch', 'Augmentation draws at random and needs a seed.', 'Add seed: 7, say.');
  const rng = seed === undefined ? undefined : random(seed).split(`augment ${epoch}`);
  assertLabels(data);
  const shape = data.images.shape.slice(1) as [number, number, number];
  for (const indices of batchOrder(countOf(data), options)) {
    const images = tf.tensor4d(gatherImages(data.images, indices, { augment, rng }), [indices.length, ...shape]);
    const labels = tf.tensor1d(rows(data.labels, indices).data as Int32Array, 'int32');
    yield { images, labels };
  }
}

/** Labels of another type would be cut to whole numbers, and of another shape be read in a row. */
function assertLabels({ name, images, labels }: Dataset): void {
  if (labels.dtype === 'int32' && labels.shape.length === 1 && labels.shape[0] === images.shape[0]) return;
  throw new LabError(
    'data/shape',
    `Dataset ${name}: expected labels int32 [${images.shape[0]}], got ${labels.dtype} [${labels.shape.join(', ')}].`,
    'Make it with dataset(…), which checks it.',
  );
}

/**
 * The indices 0 … count-1 in batches, shuffled by (seed, epoch).
 * @throws LabError `data/batch` for a batch size that is not a positive whole number.
 */
export function* batchOrder(count: number, options: OrderOptions = {}): Generator<Int32Array, void, undefined> {
  const { batchSize = 64, seed, epoch = 0, dropLast = false } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new LabError('data/batch', `A batch holds a positive whole number of examples; got ${batchSize}.`, 'Usual sizes are 32 to 256.');
  }
  const order =
    seed === undefined ? Int32Array.from({ length: count }, (_, i) => i) : random(seed).split(`order ${epoch}`).permutation(count);
  for (let from = 0; from < count; from += batchSize) {
    const batch = order.subarray(from, from + batchSize);
    if (batch.length === batchSize || !dropLast) yield batch;
  }
}
