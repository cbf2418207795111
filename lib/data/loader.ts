import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { random } from '../tensor/random.ts';
import { sizeOf } from '../tensor/shape.ts';
import { decodeCifar } from './cifar.ts';
import { balancedOrder, type Dataset, dataset, type Splits, subset } from './dataset.ts';
import { datasetsFolder } from './folder.ts';
import { decodeIdx } from './idx.ts';
import { decodeJpegFolders } from './jpeg-folders.ts';
import { type DatasetRecord, type FileRecord, parseRegistry, type Registry, type SplitName } from './registry.ts';
import { originals, type SourceOptions } from './sources.ts';

/** Which examples to load, in which order, and from where. */
export interface LoadOptions extends SourceOptions {
  /** Order of the training examples; without it, the order of the files. Other splits and the choice of examples never change. */
  readonly seed?: number;
  /** The whole set (from a system package, the cache or a download) in place of the part that comes with the project. */
  readonly full?: boolean;
  /** Another registry than `datasets/registry.json`. */
  readonly registry?: Registry;
}

/**
 * Loads a labelled image set as three disjoint splits: train, validation (for choices), test. Every file is checked against its SHA-256.
 * `fashion-mnist` comes with the project (10,000 + 2,000 + 2,000 images, balanced); `cifar-10` and `visual-wake-words` are downloaded once.
 * @throws LabError `data/unknown` for another name, `data/missing`, `data/checksum`, `data/download`, `data/interrupted`.
 * @example
 * const { train, test } = await loadDataset('fashion-mnist', { seed: 7 });
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Splits> {
  const registry = options.registry ?? datasets();
  const record = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (!record) throw new LabError('data/unknown', `There is no dataset ${name}.`, `Known are: ${Object.keys(registry).join(', ')}.`);
  const whole = options.full || !record.embedded;
  const splits = whole ? await fullSplits(name, record, options) : embeddedSplits(name, record);
  if (options.seed === undefined) return splits;
  return { ...splits, train: subset(splits.train, balancedOrder(splits.train.labels, random(options.seed).split('order'))) };
}

/**
 * Every dataset that the project knows, by name: title, licence, citation, image shape, classes, files.
 * @throws LabError `data/missing` when the folder `datasets` is not beside the library.
 */
export function datasets(): Registry {
  return parseRegistry(readFileSync(join(datasetsFolder(), 'registry.json'), 'utf8'));
}

function embeddedSplits(name: string, record: DatasetRecord): Splits {
  const folder = datasetsFolder();
  const load = (part: SplitName): Dataset => {
    const pairs = record.embedded?.[part] ?? [];
    const images = concat(
      pairs.map(pair => readIdx(folder, pair.images)),
      record.shape,
    );
    const labels = concat(
      pairs.map(pair => readIdx(folder, pair.labels)),
      [],
    );
    return labelled(`${name}/${part}`, { images, labels }, record);
  };
  return { train: load('train'), validation: load('validation'), test: load('test') };
}

/** Reads a packed IDX file below `folder` and checks size and SHA-256 of its content. */
function readIdx(folder: string, file: FileRecord): NDArray {
  const path = join(folder, file.path);
  let content: Uint8Array;
  try {
    content = gunzipSync(readFileSync(path), { maxOutputLength: file.bytes });
  } catch (error) {
    throw new LabError(
      'data/missing',
      `${path} cannot be read: ${(error as Error).message}.`,
      'Restore it from the project (git checkout -- datasets).',
    );
  }
  if (createHash('sha256').update(content).digest('hex') !== file.sha256) {
    throw new LabError(
      'data/checksum',
      `${path} is damaged: its content's SHA-256 is not the recorded one.`,
      'Restore it from the project (git checkout -- datasets).',
    );
  }
  return decodeIdx(content, path);
}

async function fullSplits(name: string, record: DatasetRecord, options: LoadOptions): Promise<Splits> {
  const contents = await originals(name, record, options);
  const [first] = contents as [Uint8Array];
  if (record.format === 'jpeg-folders') return decodeJpegFolders(first, record, name);
  const { train, test } = record.format === 'cifar-binary' ? decodeCifar(first, record.classes) : decodeFour(name, record, contents);
  const order = balancedOrder(train.labels, random(record.choice.seed).split('train'));
  const { validation } = record.choice;
  return {
    train: Object.freeze({ ...subset(train, order.subarray(validation)), name: `${name}/train` }),
    validation: Object.freeze({ ...subset(train, order.subarray(0, validation)), name: `${name}/validation` }),
    test: Object.freeze({ ...subset(test, balancedOrder(test.labels, random(record.choice.seed).split('test'))), name: `${name}/test` }),
  };
}

/** Training images and labels, then test images and labels: the order of the MNIST family's files. */
function decodeFour(name: string, record: DatasetRecord, contents: readonly Uint8Array[]): { train: Dataset; test: Dataset } {
  const [a, b, c, d] = contents.map((content, i) => decodeIdx(content, record.full.files[i]?.path ?? name)) as [
    NDArray,
    NDArray,
    NDArray,
    NDArray,
  ];
  const pair = (images: NDArray, labels: NDArray) => ({ images: concat([images], record.shape), labels: concat([labels], []) });
  return { train: labelled(`${name}/train`, pair(a, b), record), test: labelled(`${name}/test`, pair(c, d), record) };
}

function labelled(name: string, parts: { images: NDArray; labels: NDArray }, record: DatasetRecord): Dataset {
  const labels = array(parts.labels.shape, Int32Array.from(parts.labels.data), 'int32');
  return dataset({ name, images: parts.images, labels, classes: record.classes });
}

/** Joins along the first axis, each row seen as `shape` (grey images have no channel axis in IDX files). */
function concat(parts: readonly NDArray[], shape: readonly number[]): NDArray {
  const size = sizeOf(shape);
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return array([data.length / size, ...shape], data, 'uint8');
}
