import { difference, kindOf } from '../compare.ts';
import type { Comparison, Pattern } from './comparison.ts';

type Entries = Readonly<Record<string, unknown>>;

/** What the entries of a record say: those that are missing, and what all wrong ones have in common by `of`. */
export function entryPatterns(comparison: Comparison, of: (entry: Comparison) => readonly Pattern[]): readonly Pattern[] {
  const { got, expected } = comparison;
  if (kindOf(got) !== 'record' || kindOf(expected) !== 'record') return [];
  const [mine, right] = [got as Entries, expected as Entries];
  const wanted = Object.keys(right);
  const there = wanted.filter(key => Object.hasOwn(mine, key));
  if (wanted.length === 0 || there.length < wanted.length) return missing(comparison, wanted, there);
  const wrong = wanted.filter(key => difference(mine[key], right[key], comparison.tolerance));
  const [first = [], ...others] = wrong.map(key => of({ ...comparison, got: mine[key], expected: right[key] }));
  return first
    .filter(({ key, by }) => by === undefined && others.every(patterns => patterns.some(one => one.key === key)))
    .map(({ key, says, least }) => ({ key: `entries: ${key}`, says: `In every entry that is wrong: ${says}`, least }));
}

/** What it says that entries are missing, where those that are there are right. */
function missing({ got, expected, tolerance }: Comparison, wanted: readonly string[], there: readonly string[]): readonly Pattern[] {
  const [mine, right] = [got as Entries, expected as Entries];
  if (there.length === wanted.length || Object.keys(mine).length > there.length) return [];
  const told = (key: string, says: string): Pattern => ({ key, says, least: 1 });
  if (there.length === 0) return [told('no entry', 'Nothing is in your answer: is anything ever put into it?')];
  if (there.some(key => difference(mine[key], right[key], tolerance))) return [];
  const begins = there.every((key, i) => key === wanted[i]);
  const ends = there.every((key, i) => key === wanted.at(i - there.length));
  const few = wanted.length - there.length;
  return [
    ...(begins && there.length === 1 ? [told('entry one', 'Only the first entry is in your answer: does the loop end too early?')] : []),
    ...(begins && few === 1 ? [told('entry last', 'The last entry is missing from your answer; the others are right.')] : []),
    ...(ends && few === 1 ? [told('entry first', 'The first entry is missing from your answer; the others are right.')] : []),
    told('entries missing', 'Entries are missing from your answer; those that are there are right.'),
  ];
}
