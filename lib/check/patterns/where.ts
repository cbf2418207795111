import type { Comparison } from './comparison.ts';
import { type Given, givenIn, textsIn } from './inputs.ts';

/** A kind of input that authors and students think of as a case of its own. */
const conditions: readonly (readonly [holds: (value: number) => boolean, is: string, isNot: string])[] = [
  [value => value === 0, 'is 0', 'is not 0'],
  [value => value === 1, 'is 1', 'is not 1'],
  [value => value % 2 === 0, 'is even', 'is odd'],
];

/** Passed and failed cases that it takes on each side before chance is ruled out. */
const least = 2;

/**
 * What kind of input the answers go wrong with, where those of the other kind are all right: `Right wherever groups is 1 …`. Undefined where
 * no input tells them apart.
 */
export function whereWrong(comparisons: readonly Comparison[]): string | undefined {
  const cases = comparisons.map(({ args, passed }) => ({ passed, given: givenIn(args) }));
  const [passed, failed] = [cases.filter(one => one.passed), cases.filter(one => !one.passed)];
  if (passed.length < least || failed.length < least) return undefined;
  for (const { name } of failed[0]?.given ?? []) {
    const truth = cases.every(({ given }) => [0, 1].includes(numberAt(given, name)));
    for (const [holds, is, isNot] of conditions) {
      const [rightIs, wrongIs] = [passed, failed].map(some => some.map(({ given }) => holds(numberAt(given, name))));
      const [when, otherwise] = truth && is === 'is 0' ? ['is false', 'is true'] : [is, isNot];
      if (all(rightIs, true) && all(wrongIs, false)) return says(name, when, otherwise);
      if (all(rightIs, false) && all(wrongIs, true)) return says(name, otherwise, when);
    }
  }
  return whereTextWrong(comparisons);
}

/** The same of texts, such as the name of a layout: those that are all right, and those that are all wrong. */
function whereTextWrong(comparisons: readonly Comparison[]): string | undefined {
  for (const { name } of textsIn(comparisons[0]?.args ?? [])) {
    const values = (which: boolean): Set<string | undefined> =>
      new Set(comparisons.filter(({ passed }) => passed === which).map(({ args }) => textsIn(args).find(one => one.name === name)?.value));
    const [right, wrong] = [values(true), values(false)];
    if (![...right, ...wrong].includes(undefined) && ![...right].some(value => wrong.has(value)))
      return says(name, `is ${oneOf(right)}`, `is ${oneOf(wrong)}`);
  }
  return undefined;
}

const oneOf = (values: ReadonlySet<string | undefined>): string => [...values].map(value => `'${value}'`).join(' or ');

const numberAt = (given: readonly Given[], name: string): number => given.find(one => one.name === name)?.value ?? Number.NaN;

const all = (values: readonly boolean[] | undefined, value: boolean): boolean => values?.every(one => one === value) ?? false;

const says = (name: string, right: string, wrong: string): string =>
  `Right wherever ${name} ${right}, wrong wherever it ${wrong}: what does your answer do with ${name}?`;
