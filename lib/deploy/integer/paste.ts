import type { Shape } from '../../tensor/shape.ts';
import { paddingKind } from './conv2d.ts';
import type { IntegerOp, Value } from './op.ts';
import { refuseStep } from './refuse.ts';
import { image } from './values.ts';

export type PasteStep = {
  /** Where the patch begins: [row, column] of the canvas. */
  readonly at: readonly [number, number];
};

/** For each row of the patch, over all images, where its first element lies in the canvas. */
export function pastedRows(canvas: Shape, patch: Shape, [top, left]: PasteStep['at']): Int32Array {
  const [batch, height, width, channels] = canvas as readonly [number, number, number, number];
  const rows = patch[1] as number;
  return Int32Array.from(
    { length: batch * rows },
    (_, i) => ((Math.floor(i / rows) * height + top + (i % rows)) * width + left) * channels,
  );
}

/**
 * An image [n, h, w, c] put into a larger one, its upper left corner at `at`: what is there already stays around it. Without a canvas (an input that is left
 * out) there are zeros around it. In place over its canvas, so that an image that is computed patch by patch lies in memory once.
 */
export const paste: IntegerOp<'paste', PasteStep> = {
  name: 'paste',
  arity: [2, 2],
  attributes: { at: paddingKind },
  inPlace: true,
  check({ inputs: [canvas, given], outputs: [output], attributes: { at }, where }) {
    const [patch, y] = [image(where, given), image(where, output)];
    const alike = canvas === undefined || (canvas.type === y.type && canvas.shape.join() === y.shape.join());
    if (!alike) refuseStep(where, `a canvas ${canvas.type} [${canvas.shape}] cannot become ${y.type} [${y.shape}].`);
    if (patch.type !== y.type || patch.shape[0] !== y.shape[0] || patch.shape[3] !== y.shape[3])
      refuseStep(where, `a patch keeps type, images and channels; got ${patch.type} [${patch.shape}] and ${y.type} [${y.shape}].`);
    if (at[0] + patch.shape[1] > y.shape[1] || at[1] + patch.shape[2] > y.shape[2])
      refuseStep(where, `a patch [${patch.shape}] at [${at}] reaches beyond [${y.shape}].`);
  },
  run({ inputs: [canvas, given], outputs, attributes: { at } }) {
    const [patch, y] = [given as Value, outputs[0] as Value];
    const [from, to] = [patch.data as Int8Array, y.data as Int8Array];
    if (canvas) to.set(canvas.data as Int8Array);
    else (to as { fill(value: number | bigint): void }).fill(y.type === 'int64' ? 0n : 0);
    const length = (patch.shape[2] as number) * (patch.shape[3] as number);
    for (const [i, place] of pastedRows(y.shape, patch.shape, at).entries()) to.set(from.subarray(i * length, (i + 1) * length), place);
  },
};
