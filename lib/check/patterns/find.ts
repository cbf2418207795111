import { difference, kindOf } from '../compare.ts';
import type { Comparison, Pattern } from './comparison.ts';
import { entryPatterns } from './entries.ts';
import { formPatterns } from './forms.ts';
import { inputPatterns } from './inputs.ts';
import { valuePatterns } from './values.ts';
import { whereWrong } from './where.ts';

/**
 * A hint for answers that nobody foresaw: what they have to do with the right ones, if that is the same in **every** failed comparison of a
 * part. A factor, a sign, a unit, an order, an input that counts twice or not at all, a case that is not thought of. Undefined where no
 * pattern explains all of them.
 */
export function patternIn(comparisons: readonly Comparison[]): string | undefined {
  const failed = comparisons.filter(({ passed }) => !passed);
  return failed.length === 0 ? undefined : (told(failed, []) ?? whereWrong(comparisons) ?? onlyWrong(failed));
}

/** How deep records inside of records are looked into. */
const deepest = 4;

/** The comparisons of one field. */
const within = (comparisons: readonly Comparison[], field: string): Comparison[] =>
  comparisons.map(comparison => ({ ...comparison, got: fieldOf(comparison.got, field), expected: fieldOf(comparison.expected, field) }));

/** What explains these values, or the first field of them that something explains. */
function told(failed: readonly Comparison[], path: readonly string[]): string | undefined {
  const fields = path.length < deepest ? wrongFields(failed) : [];
  const named = fields.length === 1 ? undefined : explaining(failed);
  if (named !== undefined) return path.length === 0 ? named : `In \`${path.join('.')}\`: ${named.replace(/^Your answer/, 'your answer')}`;
  for (const field of fields) {
    const inside = within(failed, field);
    if (inside.every(({ got }) => got === undefined)) return `\`${[...path, field].join('.')}\` is missing from your answer.`;
    const hint = told(inside, [...path, field]);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

/** The only field that is wrong, where it is the same one in all of them. */
function onlyWrong(failed: readonly Comparison[]): string | undefined {
  const path: string[] = [];
  let inside = failed;
  for (let fields = wrongFields(inside); fields.length === 1 && path.length < deepest; fields = wrongFields(inside)) {
    const [field] = fields as [string];
    path.push(field);
    inside = within(inside, field);
  }
  return path.length === 0 ? undefined : `Only \`${path.join('.')}\` is wrong; everything else of your answer is right.`;
}

/** Fields of records that are wrong in every one of them, if no others are wrong in any. */
function wrongFields(failed: readonly Comparison[]): readonly string[] {
  if (!failed.every(({ got, expected }) => kindOf(got) === 'record' && kindOf(expected) === 'record')) return [];
  const each = failed.map(({ got, expected, tolerance }) =>
    Object.keys(expected as object).filter(key => difference(fieldOf(got, key), fieldOf(expected, key), tolerance)),
  );
  const all = [...new Set(each.flat())];
  return all.every(key => each.every(wrong => wrong.includes(key))) ? all : [];
}

const fieldOf = (value: unknown, key: string): unknown =>
  Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined;

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
  ...entryPatterns(comparison, entry => [...valuePatterns(entry), ...formPatterns(entry)]),
];
