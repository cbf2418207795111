import type { Conv2dStep } from '../integer/conv2d.ts';
import type { PoolStep } from '../integer/pool.ts';
import type { Step } from '../program.ts';
import type { FusingRule } from './draft.ts';

type Padding = { readonly paddings: readonly number[]; readonly value: number };

/** Whether a border of this value is what the op itself takes places outside of its image for. */
const isOwnBorder: Readonly<Record<string, (attributes: Step['attributes'], value: number) => boolean>> = {
  conv2d: (attributes, value) => (attributes as Conv2dStep).inputZeroPoint === value,
  'depthwise-conv2d': (attributes, value) => (attributes as Conv2dStep).inputZeroPoint === value,
  // it is never above the smallest result
  'max-pool': (attributes, value) => (attributes as PoolStep).low >= value,
};

/** A border of zeros becomes the padding of the convolution that reads it; one of the smallest numbers that of a pool's maximum. */
export const foldPad: FusingRule = (draft, number) => {
  const step = draft.steps[number] as Step;
  const [padded] = step.inputs as readonly [number];
  const pad = draft.steps[draft.writerOf(padded) ?? -1];
  if (pad?.op !== 'pad' || step.inputs.indexOf(padded, 1) >= 0) return false;
  const { paddings, value } = pad.attributes as Padding;
  const [, , top, , left] = paddings as readonly [number, number, number, number, number];
  const sides = paddings.length === 8 && [0, 1, 6, 7].every(side => paddings[side] === 0);
  if (!sides || !isOwnBorder[step.op]?.(step.attributes, value)) return false;
  const [down, right] = (step.attributes as Conv2dStep).padding;
  const attributes = { ...step.attributes, padding: [down + top, right + left] };
  return draft.replace(number, { ...step, inputs: [pad.inputs[0] as number, ...step.inputs.slice(1)], attributes });
};
