import type { Examiner } from 'tinylab';

// Which part of an answer is wrong, told by the cases in which it goes wrong: kinds of cases from the simplest to the general one.

/** Some cases that leave something out, and what it says if they are the simplest ones that go wrong. */
export interface Kind<T> {
  readonly cases: readonly T[];
  readonly says: string;
}

/** What the simplest kind of case says that goes wrong; undefined where none does. */
export async function simplestWrong<T>(kinds: readonly Kind<T>[], right: (one: T) => Promise<boolean>): Promise<string | undefined> {
  for (const { cases, says } of kinds) for (const one of cases) if (!(await right(one))) return says;
  return undefined;
}

/** A known mistake that is what came, whatever it is: for hints that say in which cases answers go wrong. */
export const whatCame = (got: unknown, right: boolean, says: string | undefined): readonly (readonly [unknown, string])[] =>
  right || says === undefined ? [] : [[got, says]];

/** Whether each part of a whole is wrong in some case: the words of the only one that is. */
export function onlyPart(parts: Readonly<Record<string, boolean>>, says: Readonly<Record<string, string>>): string | undefined {
  const wrong = Object.keys(parts).filter(name => parts[name]);
  return wrong.length === 1 ? says[wrong[0] as string] : undefined;
}

/** The answers of a function to all cases, before any is judged. */
export async function allAnswers<T>(q: Examiner, cases: readonly T[], call: (one: T) => Promise<unknown>): Promise<number[]> {
  const all: number[] = [];
  for (const one of cases) all.push(q.asNumber(await call(one)));
  return all;
}
