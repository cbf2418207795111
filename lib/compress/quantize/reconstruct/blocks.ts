import type { Node } from '../../../model/model.ts';
import type { Shape } from '../../../tensor/shape.ts';

/** A matrix product inside a layer: some columns of what it reads [N, K] times some of its weights [K, F]. */
export interface Block {
  /** Columns of the layer's patches (`lib/inspect/layer-inputs.ts`), K of them. */
  readonly columns: Int32Array;
  /** Flat indices into the kernel, row-major [K, F]. */
  readonly weights: Int32Array;
}

/** Ops whose kernels are matrices of what they read. */
export const reconstructible: ReadonlySet<string> = new Set(['conv2d', 'depthwise-conv2d', 'dense']);

const count = (length: number, of: (i: number) => number): Int32Array => Int32Array.from({ length }, (_, i) => of(i));

/**
 * The products of a layer with a kernel of this shape: one for a dense layer or a convolution, one a group for a grouped convolution, one a channel
 * for a depthwise one.
 */
export function blocksOf({ op, attributes }: Node, shape: Shape): readonly Block[] {
  const [channels, last] = shape.slice(-2) as [number, number];
  const places = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  if (op === 'depthwise-conv2d')
    return Array.from({ length: channels }, (_, c) => ({
      columns: count(places, i => i * channels + c),
      weights: count(places * last, i => (Math.floor(i / last) * channels + c) * last + (i % last)),
    }));
  const groups = op === 'conv2d' ? (attributes.groups as number) : 1;
  const filters = last / groups;
  const rows = places * channels;
  return Array.from({ length: groups }, (_, g) => ({
    columns: count(rows, i => (Math.floor(i / channels) * groups + g) * channels + (i % channels)),
    weights: count(rows * filters, i => Math.floor(i / filters) * last + g * filters + (i % filters)),
  }));
}
