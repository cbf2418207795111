import type { Shape } from '../../../../tensor/shape.ts';
import { paddings } from '../schema.ts';
import { inputOf, refuseStep, type Writing } from './rule.ts';

/** Border before a window along one axis that SAME and VALID add, and the places that follow; undefined where they leave another number of places. */
function borders(
  size: number,
  places: number,
  { stride, reach }: { readonly stride: number; readonly reach: number },
): { same?: number; valid?: number } {
  const same = Math.ceil(size / stride) === places ? Math.floor(Math.max(0, (places - 1) * stride + reach - size) / 2) : undefined;
  const valid = Math.ceil((size - reach + 1) / stride) === places ? 0 : undefined;
  return { ...(same !== undefined && { same }), ...(valid !== undefined && { valid }) };
}

interface Sizes {
  /** What the window slides over. */
  readonly image: Shape;
  /** A place of the window each. */
  readonly places: Shape;
}

interface Window {
  readonly strides: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly window?: readonly [number, number];
}

/** VALID or SAME, whichever leads to the window's border, or undefined where neither does. */
export function paddingKind({ attributes, inputs }: Pick<Writing, 'attributes' | 'inputs'>, { image, places }: Sizes): number | undefined {
  const { strides, dilations = [1, 1], padding, window } = attributes as unknown as Window;
  const kernel = window ?? inputs[1]?.shape.slice(1, 3) ?? [];
  const found = ([0, 1] as const).map(axis =>
    borders(image[axis + 1] as number, places[axis + 1] as number, {
      stride: strides[axis],
      reach: ((kernel[axis] as number) - 1) * dilations[axis] + 1,
    }),
  );
  const fits = (kind: 'same' | 'valid'): boolean => found.every((border, axis) => border[kind] === padding[axis]);
  return fits('valid') ? paddings.valid : fits('same') ? paddings.same : undefined;
}

/** The same, refused where there is none. */
export function paddingOf(writing: Writing, sizes: Sizes): number {
  const { padding } = writing.attributes as unknown as Window;
  return (
    paddingKind(writing, sizes) ??
    refuseStep(
      writing,
      `a border of ${padding.join(' and ')} before the image [${inputOf(writing, 0).shape}] is neither SAME nor VALID.`,
      'Give the layer the padding `same` or `valid`, or put a pad in front of it.',
    )
  );
}
