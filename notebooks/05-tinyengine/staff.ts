import { type Axes, placeOf } from './layouts.ts';
import { halos, type Layer, overheadOf, type Rows } from './stack.ts';
import { pairProduct, widened } from './words.ts';

/** What `staff(name)` gives to a student who is stuck. */
export const staffAnswers = {
  offset: (layout: string, size: Axes, at: Axes) => placeOf(layout, size, at),
  smlad: (a: number, b: number, sum: number) => pairProduct({ a, b, sum }),
  sxtb16: (word: number, turn: number) => widened(word, turn),
  rowsNeeded: (rows: Rows, layers: readonly Layer[]) => halos(rows, layers).at(-1) ?? rows,
  overhead: (layers: readonly Layer[], patches: number) => overheadOf(layers, patches),
};
