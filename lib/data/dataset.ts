import { allocate, array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import type { Random } from '../tensor/random.ts';
import { sizeOf } from '../tensor/shape.ts';

/** Labelled images as plain data. */
export interface Dataset {
  /** What tables and messages call it. */
  readonly name: string;
  /** uint8 [count, height, width, channels]. */
  readonly images: NDArray;
  /** int32 [count], each an index into `classes`. */
  readonly labels: NDArray;
  /** Names of the classes. */
  readonly classes: readonly string[];
}

/** The three parts of a set. Choices are made on `validation`; `test` is looked at once. */
export interface Splits {
  /** What a model learns from. */
  readonly train: Dataset;
  /** What choices are made on. */
  readonly validation: Dataset;
  /** What is looked at once, at the end. */
  readonly test: Dataset;
}

/**
 * Checks and freezes a dataset.
 * @throws LabError `data/shape` unless images are uint8 [N, H, W, C] and labels int32 [N], `data/label` for a label outside the classes.
 */
export function dataset(parts: Dataset): Dataset {
  const { name, images, labels, classes } = parts;
  const [count] = images.shape;
  const fits = images.shape.length === 4 && images.dtype === 'uint8' && labels.shape.length === 1 && labels.dtype === 'int32';
  if (!fits || labels.shape[0] !== count) {
    throw new LabError(
      'data/shape',
      `Dataset ${name}: expected images uint8 [N, H, W, C] and labels int32 [N], got ${describe(images)} and ${describe(labels)}.`,
      'Every image needs one label; grey images have one channel.',
    );
  }
  const wrong = labels.data.findIndex(label => label < 0 || label >= classes.length);
  if (wrong >= 0) {
    throw new LabError(
      'data/label',
      `Dataset ${name}: label ${labels.data[wrong]} of image ${wrong} names no class; there are ${classes.length}.`,
      'Labels count from 0.',
    );
  }
  return Object.freeze({ name, images, labels, classes: Object.freeze([...classes]) });
}

/** Number of examples. */
export function countOf(data: Dataset): number {
  return data.labels.shape[0];
}

/**
 * The rows of `values` (its first axis) that `indices` names, in that order, as a new array.
 * @throws LabError `data/index` for an index outside the array.
 */
export function rows(values: NDArray, indices: ArrayLike<number>): NDArray {
  const [count = 0, ...shape] = values.shape;
  const size = sizeOf(shape);
  const data = allocate(values.dtype, indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new LabError('data/index', `Row ${index} was asked for; there are ${count}.`, 'Rows count from 0.');
    }
    data.set(values.data.subarray(index * size, (index + 1) * size), i * size);
  }
  return array([indices.length, ...shape], data, values.dtype);
}

/**
 * The examples that `indices` names, in that order.
 * @throws LabError `data/index` for an index outside the set.
 */
export function subset(data: Dataset, indices: ArrayLike<number>): Dataset {
  return Object.freeze({ ...data, images: rows(data.images, indices), labels: rows(data.labels, indices) });
}

/**
 * The first `count` examples. The splits of `loadDataset` are ordered so that these are balanced.
 * @throws LabError `data/count` when the set has fewer.
 */
export function take(data: Dataset, count: number): Dataset {
  return subset(data, range(data, 0, count));
}

/**
 * Cuts a set after `count` examples: the first `count`, and the rest.
 * @throws LabError `data/count` when the set has fewer.
 */
export function split(data: Dataset, count: number): [Dataset, Dataset] {
  return [take(data, count), subset(data, range(data, count, countOf(data)))];
}

/**
 * A permutation of 0 … N-1 in rounds: each round holds, in random order, one example of every class that has any left. So every prefix is
 * balanced, and cutting the permutation gives disjoint balanced sets.
 */
export function balancedOrder(labels: NDArray, rng: Random): Int32Array {
  const members = new Map<number, number[]>();
  for (const index of rng.permutation(labels.data.length)) {
    const label = labels.data[index];
    const list = members.get(label);
    if (list) list.push(index);
    else members.set(label, [index]);
  }
  const classes = [...members.keys()].sort((a, b) => a - b).map(label => members.get(label) as number[]);
  const order: number[] = [];
  while (order.length < labels.data.length) {
    for (const c of rng.permutation(classes.length)) {
      const next = classes[c]?.pop();
      if (next !== undefined) order.push(next);
    }
  }
  return Int32Array.from(order);
}

function range(data: Dataset, from: number, to: number): Int32Array {
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= countOf(data)) {
    return Int32Array.from({ length: to - from }, (_, i) => from + i);
  }
  throw new LabError(
    'data/count',
    `Dataset ${data.name} has ${countOf(data)} examples; ${from === 0 ? to : from} were asked for.`,
    'Ask for a whole number of examples, at most that many.',
  );
}

function describe(a: NDArray): string {
  return `${a.dtype} [${a.shape.join(', ')}]`;
}
