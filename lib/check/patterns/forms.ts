import { isArray } from '../../tensor/array.ts';
import { sameShape } from '../../tensor/shape.ts';
import { kindOf } from '../compare.ts';
import { alike, type Comparison, numbersOf, type Pattern } from './comparison.ts';

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => alike(value, b[i] as number));
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** What the order and the number of an answer's values say. */
function rows(got: readonly number[], expected: readonly number[]): Pattern[] {
  const found: Pattern[] = [];
  const add = (key: string, says: string, least = 1): void => void found.push({ key, says, least });
  if (got.length === expected.length && got.length > 1) {
    if (same(got, expected.toReversed())) add('reversed', 'The right values, backwards.');
    if (got.length > 2 && same(got.slice(1), expected.slice(0, -1))) add('later', 'The right values, each one place too late.');
    if (got.length > 2 && same(got.slice(0, -1), expected.slice(1))) add('earlier', 'The right values, each one place too early.');
    if (same(sorted(got), sorted(expected)))
      add('order', 'The right values in another order: look at what comes first, and at how you walk through them.');
    binary(got, expected, add);
    const wrong = got.flatMap((value, i) => (alike(value, expected[i] as number) ? [] : [i]));
    if (got.length > 2 && same(wrong, [0])) add('first', 'Only the first value is wrong.', 2);
    if (got.length > 2 && same(wrong, [got.length - 1])) add('last', 'Only the last value is wrong.', 2);
    if (wrong.length > 1 && wrong[0] === 0 && wrong.length === Math.max(...wrong) + 1 && wrong.length < got.length)
      add('begin', 'The values at the beginning are wrong, the others right.', 3);
  }
  if (got.length === expected.length && got.length > 2 && got.every((value, i) => value === 0 || alike(value, expected[i] as number)))
    add('zeros', 'What is not right is 0: something is left out, or a place is never written.', 2);
  if (got.length === 0 && expected.length > 0) add('empty', 'Nothing is in your answer: is anything ever put into it?');
  if (got.length > 0 && got.length < expected.length) {
    if (same(got, expected.slice(-got.length))) add('no first', 'The first values are missing; the others are right.');
    else if (same(got, expected.slice(0, got.length))) add('no last', 'The last values are missing; those before them are right.');
    else add('fewer', 'Some values are missing: your answer is too short.', 2);
  }
  if (got.length > expected.length) {
    const begins = same(got.slice(0, expected.length), expected);
    add(
      begins ? 'more' : 'longer',
      begins ? 'Right, but more values follow that do not belong there.' : 'Your answer has too many values.',
      begins ? 1 : 2,
    );
  }
  return found;
}

/** What a mask of 0 and 1 says by what it keeps. */
function binary(got: readonly number[], expected: readonly number[], add: (key: string, says: string, least?: number) => void): void {
  if (![...got, ...expected].every(value => value === 0 || value === 1)) return;
  const ones = (values: readonly number[]): number => values.filter(value => value === 1).length;
  const more = ones(got) - ones(expected);
  const much = more > 0 ? 'many' : 'few';
  if (more === 0) add('other places', 'As many 1s as there should be, but not all of them in the right places: what do you rank by?', 2);
  else if (Math.abs(more) === 1)
    add(`ones ${more}`, `There is one 1 too ${much}: look at where the line is drawn, and at what lies on it.`, 2);
  else add(`ones ${much}`, `There are too ${much} 1s: count how many there should be.`, 2);
}

/** What the form of an answer says: its kind, its shape, its values as a row. */
export function formPatterns({ got, expected }: Comparison): readonly Pattern[] {
  if (got === undefined && expected !== undefined)
    return [{ key: 'undefined', says: 'Nothing came back (undefined): does every way through your function return a value?', least: 1 }];
  if (typeof got === 'string' && typeof expected === 'number')
    return [{ key: 'text', says: 'Text came where a number is asked: Number(…) makes a number of it.', least: 1 }];
  if (isArray(got) && isArray(expected) && !sameShape(got.shape, expected.shape)) return shapes(got.shape, expected.shape);
  const [a, b] = [numbersOf(got), numbersOf(expected)];
  if (a && b && same(a, b) && kindOf(got) !== kindOf(expected)) {
    const says = `The numbers are right, but they stand in a ${kindOf(got)}, and a ${kindOf(expected)} is asked.`;
    return [{ key: says, says, least: 1 }];
  }
  return a && b && (a.length !== 1 || b.length !== 1) ? rows(a, b) : [];
}

function shapes(got: readonly number[], expected: readonly number[]): Pattern[] {
  const says = same(sorted(got), sorted(expected))
    ? 'The axes stand in another order than asked.'
    : got.length === expected.length
      ? `Axis ${got.findIndex((size, axis) => size !== expected[axis])} has another size than asked: which axis do you cut or make?`
      : `${got.length} axes came where ${expected.length} are asked.`;
  return [{ key: says, says, least: 1 }];
}
