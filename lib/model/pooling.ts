import { LabError } from '../tensor/errors.ts';
import type { Shape } from '../tensor/shape.ts';
import type { tf } from '../tensor/tf.ts';
import { padding, pair } from './attributes.ts';
import { type Op, ofRank, only } from './ops/op.ts';
import { readsWindow } from './places.ts';
import { bordersOf, type Padding, type Pair, slide, type Window } from './window.ts';

export type PoolAttributes = Pick<Window, 'kernelSize' | 'strides' | 'padding'>;

/** What every pooling op shares: it slides a window over each channel by itself, [h, w, c] → [h', w', c], and has no parameters. */
export const pooling: Pick<Op<string, PoolAttributes>, 'arity' | 'attributes' | 'infer' | 'reads'> = {
  arity: 1,
  attributes: { kernelSize: pair, strides: pair, padding },
  infer(inputs, attributes) {
    const image = ofRank(3, only(inputs));
    const size = slide(image, attributes);
    assertInside(image, attributes, size);
    return [...size, image[2] as number];
  },
  reads: readsWindow,
};

/** The padding as tfjs-core's pooling ops take it. */
export function poolPadding(border: Padding): 'same' | 'valid' | number | tf.backend_util.ExplicitPadding {
  if (typeof border !== 'object') return border;
  const [top = 0, bottom = 0, left = 0, right = 0] = border;
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/**
 * Refuses a border that holds a whole window, which would have no largest value and no mean. The first window begins with the border before the
 * image, the last one ends in that after it.
 * @throws LabError `model/window`.
 */
function assertInside(image: Shape, window: PoolAttributes, outputs: Pair): void {
  const borders = bordersOf(image, window);
  for (const axis of [0, 1] as const) {
    const [before] = borders[axis];
    const last = (outputs[axis] - 1) * window.strides[axis];
    if (before < window.kernelSize[axis] && last < before + (image[axis] as number)) continue;
    throw new LabError(
      'model/window',
      `A pooling window of ${window.kernelSize.join('×')} would lie wholly in the border ${JSON.stringify(window.padding)} of an image of ${image.slice(0, 2).join('×')}.`,
      'Keep the border smaller than the window; half of it is usual.',
    );
  }
}
