import { type Axes, placeOf } from './layouts.ts';
import { pairProduct, widened } from './words.ts';

/** What `staff(name)` gives to a student who is stuck. */
export const staffAnswers = {
  offset: (layout: string, size: Axes, at: Axes) => placeOf(layout, size, at),
  smlad: (a: number, b: number, sum: number) => pairProduct({ a, b, sum }),
  sxtb16: (word: number, turn: number) => widened(word, turn),
};
