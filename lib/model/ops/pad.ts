import { LabError } from '../../tensor/errors.ts';
import { tf } from '../../tensor/tf.ts';
import { oneOf, sides } from '../attributes.ts';
import { eachAlone } from '../channels/rules.ts';
import { eachPlace } from '../places.ts';
import { type Op, ofRank, only } from './op.ts';

export type PadMode = 'zero' | 'reflect' | 'replicate';
export type PadAttributes = {
  /** [top, bottom, left, right]. */
  readonly sides: readonly number[];
  readonly mode: PadMode;
};

/** Position in the image that a padded position shows: mirrored about the edge (without repeating it), or the edge itself. */
const source: Readonly<Record<Exclude<PadMode, 'zero'>, (i: number, size: number) => number>> = {
  reflect: (i, size) => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i),
  replicate: (i, size) => Math.min(Math.max(i, 0), size - 1),
};

/** A border around an image, [h, w, c] → [top + h + bottom, left + w + right, c]: [1 2 3] becomes 0123 0, 2123 2 or 1123 3. */
export const pad: Op<'pad', PadAttributes> = {
  name: 'pad',
  arity: 1,
  attributes: { sides, mode: oneOf('zero', 'reflect', 'replicate') },
  infer(inputs, { sides: [top = 0, bottom = 0, left = 0, right = 0], mode }) {
    const [height = 0, width = 0, channels = 0] = ofRank(3, only(inputs));
    if (mode === 'reflect' && (Math.max(top, bottom) >= height || Math.max(left, right) >= width))
      throw new LabError('model/pad', `A mirrored border must be smaller than the image ${height}×${width}.`, "Use mode 'replicate'.");
    return [top + height + bottom, left + width + right, channels];
  },
  reads: (places, { attributes: { sides } }) => eachPlace(places, (place, axis) => [place - (sides[2 * axis] as number)]),
  coupling: eachAlone,
  forward({ inputs, attributes }) {
    const [top = 0, bottom = 0, left = 0, right = 0] = attributes.sides;
    const { mode } = attributes;
    const x = only(inputs) as tf.Tensor4D;
    const [, height, width] = x.shape;
    if (mode === 'zero')
      return tf.pad(x, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
    const indices = (before: number, size: number, after: number): tf.Tensor1D =>
      tf.tensor1d(
        Array.from({ length: before + size + after }, (_, i) => source[mode](i - before, size)),
        'int32',
      );
    return tf.gather(tf.gather(x, indices(top, height, bottom), 1), indices(left, width, right), 2);
  },
};
