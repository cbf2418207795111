import { type KernelCase, refuseCase } from './case.ts';

/** One axis of what slides over an image. */
export interface Axis {
  readonly length: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly out: number;
}

/** The axes of a header, down and across. Padding and sizes that it does not state follow from SAME or VALID. */
export function axesOf(layer: KernelCase): readonly [down: Axis, across: Axis] {
  return [axisOf(layer, 'H', 'Y'), axisOf(layer, 'W', 'X')];
}

function axisOf(layer: KernelCase, side: 'H' | 'W', letter: 'Y' | 'X'): Axis {
  const length = layer.need(`INPUT_${side}`);
  const kernel = layer.need(`FILTER_${letter}`, `FILTER_${side}`);
  const stride = layer.number(`STRIDE_${letter}`, `STRIDE_${side}`) ?? 1;
  const dilation = layer.number(`DILATION_${letter}`, `DILATION_${side}`) ?? 1;
  const same = /same/i.test(layer.text('PADDING') || layer.text('PAD'));
  const stated = layer.number(`PAD_${letter}`, `PADDING_${side}`, `PAD_${side}`);
  const span = (kernel - 1) * dilation + 1;
  const given = layer.number(`OUTPUT_${side}`);
  if (given === undefined && stated !== undefined && !layer.has('PADDING') && !layer.has('PAD'))
    refuseCase(`the header says neither OUTPUT_${side} nor SAME or VALID.`);
  const out = given ?? Math.ceil((same ? length : length - span + 1) / stride);
  const before = stated ?? (same ? Math.floor(Math.max(0, (out - 1) * stride + span - length) / 2) : 0);
  return { length, kernel, stride, dilation, before, out };
}

/** The same number of each axis. */
export const both = (axes: readonly [Axis, Axis], key: keyof Axis): [number, number] => [axes[0][key], axes[1][key]];

/** How many images an array holds. */
export function imagesIn(length: number, size: number): number {
  const images = length / size;
  return Number.isInteger(images) && images > 0 ? images : refuseCase(`${length} numbers are no whole images of ${size}.`);
}
