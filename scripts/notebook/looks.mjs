import { checked, declared, freeNames } from './source.mjs';

/** Remembers what a cell's text says: cells are looked at from many sides, and each text is read once. */
function once(look) {
  const known = new WeakMap();
  return cell => {
    if (!known.has(cell)) known.set(cell, look(cell.source));
    return known.get(cell);
  };
}

/** A text without what editors change: line breaks, and blanks at its end. */
export const plain = text => text.replace(/\r\n?/g, '\n').trimEnd();

/** A cell's text in that form. */
export const textIn = once(plain);
/** Questions that a cell checks. */
export const questionsIn = once(checked);
/** Names that a cell declares. */
export const namesIn = once(declared);
/** Names that a cell takes from others. */
export const needsOf = once(freeNames);

export const isSame = (a, b) => textIn(a) === textIn(b);

/** Cells as a person finds them: `cell 4`, `cells 4 and 7`. */
export const placesOf = cells => {
  const numbers = cells.slice(0, 8).map(({ index }) => index + 1);
  return `${cells.length === 1 ? 'cell' : 'cells'} ${numbers.join(' and ')}${cells.length > 8 ? ' and more' : ''}`;
};
