import { sizeOf } from '../../tensor/shape.ts';
import { refuseStep } from './refuse.ts';

/** What slides over an image, side by side: how often, how far at once, and over how many places. */
interface Sliding {
  readonly places: readonly [down: number, across: number];
  readonly strides: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly dilations?: readonly [number, number];
}

type Four = readonly [number, number, number, number];

/**
 * Refuses windows that reach over far more than there is: an image with the border that they see may have 64 times the elements that go in and out, so that an
 * interpreter may lay it out in memory.
 */
export function assertBorder(where: string, { x, y }: { readonly x: Four; readonly y: Four }, sliding: Sliding): void {
  const { places, strides, kernel, dilations = [1, 1] } = sliding;
  const reach = (side: 0 | 1): number => (places[side] - 1) * strides[side] + (kernel[side] - 1) * dilations[side] + 1;
  const [tall, wide] = [reach(0), reach(1)];
  const most = 64 * (sizeOf(x) + sizeOf(y)) + 2 ** 20;
  if (x[0] * tall * wide * x[3] > most)
    refuseStep(where, `its windows reach over ${tall} × ${wide} places of an image [${x}], far beyond it.`);
}
