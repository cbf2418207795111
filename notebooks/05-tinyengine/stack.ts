// Stacks of convolutions on square images, and what patches of their outputs need.

/** A convolution on a square image. */
export interface Layer {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** Rows of its input. */
  readonly size: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** First and last row, both included. */
export type Rows = readonly [first: number, last: number];

/** Rows of a layer's output. */
export const outputRows = ({ size, padding, kernel, stride }: Layer): number => 1 + Math.floor((size - kernel + 2 * padding) / stride);

/** What may be wrong with a halo. */
export interface HaloSlips {
  /** What becomes of rows outside of the image. */
  readonly clip?: (rows: Rows, size: number) => Rows;
  /** Added to the last row of each layer. */
  readonly extra?: number;
}

const clipped = ([first, last]: Rows, size: number): Rows => [Math.max(first, 0), Math.min(last, size - 1)];

/** For each layer the rows of its input that these rows of the last output need; the last layer first. */
export function halos(rows: Rows, layers: readonly Layer[], { clip = clipped, extra = 0 }: HaloSlips = {}): Rows[] {
  const all: Rows[] = [];
  for (const { kernel, stride, padding, size } of layers.toReversed()) {
    const [top, bottom] = all.at(-1) ?? rows;
    all.push(clip([stride * top - padding, stride * bottom - padding + kernel - 1 + extra], size));
  }
  return all;
}

/** The rows of each of `patches` parts of an output. */
export const partsOf = (rows: number, patches: number): Rows[] =>
  Array.from({ length: patches }, (_, i) => [Math.floor((i * rows) / patches), Math.floor(((i + 1) * rows) / patches) - 1] as const);

const lengthOf = ([first, last]: Rows): number => last + 1 - first;

/** For each layer how many rows of its output all parts work out together: patches, one above the other. */
export function rowsWorked(layers: readonly Layer[], patches: number, slips: HaloSlips = {}): number[] {
  const sums = layers.map(() => 0);
  for (const part of partsOf(outputRows(layers.at(-1) as Layer), patches)) {
    const outputs = [part, ...halos(part, layers, slips)].slice(0, layers.length).toReversed();
    for (const [i, rows] of outputs.entries()) (sums[i] as number) += lengthOf(rows);
  }
  return sums;
}

const macsOf = ({ kernel, inputs, outputs }: Layer): number => kernel ** 2 * inputs * outputs;
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** MACs with patches × patches parts, over MACs without. */
export function overheadOf(layers: readonly Layer[], patches: number, slips: HaloSlips = {}): number {
  const worked = rowsWorked(layers, patches, slips);
  return (
    total(layers.map((layer, i) => macsOf(layer) * (worked[i] as number) ** 2)) /
    total(layers.map(layer => macsOf(layer) * outputRows(layer) ** 2))
  );
}

/** Bytes at once where the first `split` layers run by patches: the whole result of that stage and the widest of a patch's layers; then what follows. */
export function peakBytes(layers: readonly Layer[], split: number, patches: number): number {
  const whole = (layer: Layer): number => layer.size ** 2 * layer.inputs + outputRows(layer) ** 2 * layer.outputs;
  const rest = layers.slice(split).map(whole);
  if (split === 0) return Math.max(...rest);
  const stage = layers.slice(0, split);
  const end = stage.at(-1) as Layer;
  const canvas = outputRows(end) ** 2 * end.outputs;
  const parts = partsOf(outputRows(end), patches).map(part => {
    const rows = [part, ...halos(part, stage)].toReversed().map(lengthOf);
    // the first layer reads a part of the image itself, the last one writes into the canvas
    return stage.map(
      (layer, i) => (rows[i] as number) ** 2 * layer.inputs + (i === split - 1 ? 0 : (rows[i + 1] as number) ** 2 * layer.outputs),
    );
  });
  return Math.max(canvas + Math.max(...parts.flat()), ...rest);
}
