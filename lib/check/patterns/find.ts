import { difference, kindOf } from '../compare.ts';
import type { Comparison, Pattern } from './comparison.ts';
import { formPatterns } from './forms.ts';
import { inputPatterns } from './inputs.ts';
import { valuePatterns } from './values.ts';
import { whereWrong } from './where.ts';

/** A field that is wrong, or the whole value, and what it has to do with the right one. */
interface Narrowed extends Comparison {
  /** Path of the field; empty for the value itself. */
  readonly path: string;
}

/**
 * A hint for answers that nobody foresaw: what they have to do with the right ones, if that is the same in **every** failed comparison of a
 * part. A factor, a sign, a unit, an order, an input that counts twice or not at all, a case that is not thought of. Undefined where no
 * pattern explains all of them.
 */
export function patternIn(comparisons: readonly Comparison[]): string | undefined {
  const failed = comparisons.filter(({ passed }) => !passed).map(narrow);
  const [first] = failed;
  if (!first) return undefined;
  const where = first.path !== '' && failed.every(({ path }) => path === first.path) ? `In \`${first.path}\`: ` : '';
  const together = first.path === '' || where !== '';
  const named = together ? explaining(failed) : undefined;
  if (named) return `${where}${where === '' ? named : named.replace(/^Your answer/, 'your answer')}`;
  const condition = whereWrong(comparisons);
  if (condition !== undefined) return condition;
  return where === '' ? undefined : `Only \`${first.path}\` is wrong; everything else of your answer is right.`;
}

/** The first pattern that holds in all of them, if they are enough. */
function explaining(failed: readonly Comparison[]): string | undefined {
  const [first = [], ...others] = failed.map(patternsOf);
  const rest = others.map(patterns => new Map(patterns.map(({ key, by }) => [key, by])));
  const held = first.filter(({ key, least }) => failed.length >= least && rest.every(has => has.has(key)));
  return held.find(({ key, by }) => by === undefined || varies([by, ...rest.map(has => has.get(key))]))?.says;
}

/** Whether there is more than one number among them: what is the same in every case explains nothing. */
const varies = (values: readonly (number | undefined)[]): boolean => new Set(values).size > 1;

const patternsOf = (comparison: Comparison): readonly Pattern[] => [
  ...valuePatterns(comparison),
  ...formPatterns(comparison),
  ...inputPatterns(comparison),
];

/** Goes down into records while a single field differs. */
function narrow(comparison: Comparison): Narrowed {
  let { got, expected } = comparison;
  const path: string[] = [];
  while (kindOf(got) === 'record' && kindOf(expected) === 'record') {
    const [from, to] = [got as Record<string, unknown>, expected as Record<string, unknown>];
    const wrong = Object.keys(to).filter(key => difference(from[key], to[key], comparison.tolerance));
    const [only] = wrong;
    if (wrong.length !== 1 || only === undefined) break;
    path.push(only);
    [got, expected] = [from[only], to[only]];
  }
  return { ...comparison, got, expected, path: path.join('.') };
}
