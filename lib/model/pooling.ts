import { padding, pair } from './attributes.ts';
import { type Op, ofRank, only } from './ops/op.ts';
import { slide, type Window } from './window.ts';

export type PoolAttributes = Pick<Window, 'kernelSize' | 'strides' | 'padding'>;

/** What every pooling op shares: it slides a window over each channel by itself, [h, w, c] → [h', w', c], and has no parameters. */
export const pooling: Pick<Op<string, PoolAttributes>, 'arity' | 'attributes' | 'infer' | 'window'> = {
  arity: 1,
  attributes: { kernelSize: pair, strides: pair, padding },
  infer(inputs, attributes) {
    const image = ofRank(3, only(inputs));
    return [...slide(image, attributes), image[2] as number];
  },
  window: (_, attributes) => attributes,
};
