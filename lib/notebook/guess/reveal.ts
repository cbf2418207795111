import { types } from 'node:util';
import { ColumnTable } from 'arquero';
import { checkHooks } from '../../check/hooks.ts';
import { LabError } from '../../tensor/errors.ts';
import { displaySymbol } from '../../tensor/host.ts';
import type { Figure } from '../figure.ts';
import { table } from '../table.ts';
import { figureWith } from './on-figure.ts';
import { tableWith } from './on-table.ts';
import { assertGuessId, lockedGuess } from './store.ts';
import type { Guess } from './value.ts';

/**
 * Shows the guess of this name beside what came. In a figure a number is a dashed line, numbers by name are marks at the bars or bars of their
 * own, a word marks the bar or point of that name. In a table numbers by name are a column. What fits nowhere stands in the title. A plain
 * value becomes a table of both. Without a guess the figure or table is as it was, and so it is in the grader.
 * @example
 * reveal('work', plot.bar({ conv1: 120, conv2: 300 }));
 * @throws LabError `guess/id` for a name that is none, `guess/actual` for a promise.
 */
export function reveal(id: string, picture: Figure): Figure;
/** A table with the guess of this name beside what came. */
export function reveal(id: string, rows: ColumnTable): ColumnTable;
/** A table of the guess of this name and what came. */
export function reveal(id: string, actual: Guess): ColumnTable;
/** A figure, a table or a plain value with the guess of this name beside it. */
export function reveal(id: string, came: Figure | ColumnTable | Guess): Figure | ColumnTable {
  assertGuessId(id);
  if (types.isPromise(came)) throw new LabError('guess/actual', `reveal('${id}', …) got a promise.`, 'Wait for it first, with await.');
  const guess = guessOf(id);
  if (came instanceof ColumnTable) return guess === undefined ? came : tableWith(came, guess);
  if (isFigure(came)) return guess === undefined ? came : figureWith(came, guess);
  return both(guess, came);
}

/** The guess, or why it cannot be read. */
function guessOf(id: string): Guess | undefined {
  if (checkHooks()) return undefined;
  try {
    return lockedGuess(id);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return `${error.message} ${error.hint}`;
  }
}

const isFigure = (value: unknown): value is Figure =>
  typeof value === 'object' && value !== null && displaySymbol in value && 'layout' in value && 'data' in value;

/** Both in a table: a row each for what has names or places. */
function both(guess: Guess | undefined, actual: Guess): ColumnTable {
  if (typeof actual !== 'object' || actual === null) {
    const beside = typeof guess === 'object' ? JSON.stringify(guess) : (guess ?? '–');
    return table([{ 'your guess': beside, 'what came': actual }]);
  }
  const rows = Object.entries(actual).map(([name, value]) => ({ of: name, 'what came': value }));
  return tableWith(table(rows.length ? rows : [{ of: '', 'what came': '–' }]), guess ?? '–');
}
