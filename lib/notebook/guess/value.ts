import { types } from 'node:util';
import { isArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { tf } from '../../tensor/tf.ts';

/** What can be guessed: one number, a word, yes or no, a list of numbers, or numbers by name. */
export type Guess = number | string | boolean | readonly number[] | Readonly<Record<string, number>>;

/** A guess as it stands in a cell: `'?'` stands for what has not been guessed yet. */
export type OpenGuess = number | string | boolean | readonly (number | '?')[] | Readonly<Record<string, number | '?'>>;

const mostNumbers = 100;
const mostCharacters = 1000;
const mostInName = 100;

/** Whether nothing, or not everything, has been guessed. */
const isOpen = (value: unknown): boolean => typeof value === 'string' && ['', '?', '…'].includes(value.trim());

/**
 * A copy of a guess that can be kept, or undefined as long as some of it is `'?'`.
 * @throws LabError `guess/value` for anything else, saying what it is: NaN, a tensor, a function, a promise.
 */
export function checkedGuess(id: string, value: unknown): Guess | undefined {
  if (isOpen(value)) return undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return finite(id, 'The guess', value);
  if (typeof value === 'string') return short(id, value);
  if (!isPlain(value)) throw wrong(id, `The guess is ${nameOf(value)}.`);
  const entries = Array.isArray(value) ? [...value].map((item, i) => [String(i), item] as const) : Object.entries(value);
  if (entries.length === 0) throw wrong(id, 'The guess holds no number.');
  if (entries.length > mostNumbers) throw wrong(id, `The guess holds ${entries.length} numbers; at most ${mostNumbers} are kept.`);
  const numbers = entries.map(([key, item]): readonly [string, number | undefined] => {
    if (key.length > mostInName) throw wrong(id, `A name in the guess has ${key.length} characters; at most ${mostInName} are kept.`);
    const where = `${Array.isArray(value) ? 'Number' : ''} ${Array.isArray(value) ? Number(key) + 1 : key} of the guess`.trim();
    return [key, isOpen(item) ? undefined : finite(id, where, item)];
  });
  if (numbers.some(([, item]) => item === undefined)) return undefined;
  return Array.isArray(value) ? numbers.map(([, item]) => item as number) : (Object.fromEntries(numbers) as Record<string, number>);
}

function finite(id: string, where: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(id, `${where} is ${typeof value === 'string' ? 'text' : nameOf(value)}, where a number is expected.`);
}

function short(id: string, text: string): string {
  if (text.length <= mostCharacters) return text;
  throw wrong(id, `The guess has ${text.length} characters; at most ${mostCharacters} are kept.`);
}

/** A list or a record that is nothing else; of whichever realm, since the cells of a notebook may run in one of their own. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || isArray(value)) return false;
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty'));
}

/** What a value is, in words. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number') return String(value);
  if (typeof value === 'function') return 'a function: call it first';
  if (types.isPromise(value)) return 'a promise: wait for it first, with await';
  if (value instanceof tf.Tensor) return 'a tensor: read its numbers out first, with await x.data()';
  if (typeof value === 'bigint') return `the bigint ${value}n: leave the n out`;
  if (Array.isArray(value)) return 'a list';
  if (ArrayBuffer.isView(value)) return 'a typed array: make a list of it, with Array.from(x)';
  if (isArray(value)) return 'an array of the library: make a list of it, with Array.from(x.data)';
  if (typeof value === 'symbol') return 'a symbol';
  if (types.isProxy(value)) return 'a proxy';
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an object of the class ${name}` : 'an object';
}

const wrong = (id: string, message: string): LabError =>
  new LabError(
    'guess/value',
    `predict('${id}', …) got no guess. ${message}`,
    "Guess a number, a word in quotes, true or false, a list of numbers, or numbers by name, such as { dense: 3 }. '?' means: not yet.",
  );

/** A guess on one line. */
export function guessText(guess: unknown): string {
  if (typeof guess !== 'object' || guess === null) return String(guess);
  if (Array.isArray(guess)) return guess.join(', ');
  return Object.entries(guess)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

/** Whether two guesses say the same; records do in any order. */
export const sameGuess = (a: Guess, b: Guess): boolean => canonical(a) === canonical(b);

const canonical = (guess: Guess): string =>
  JSON.stringify(
    typeof guess === 'object' && !Array.isArray(guess) ? Object.entries(guess).sort(([a], [b]) => (a < b ? -1 : 1)) : { is: guess },
  );
