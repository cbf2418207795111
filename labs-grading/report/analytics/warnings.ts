import type { ItemFigures } from './item-analysis.ts';

/** Fewer students than this say little about an item. */
export const enough = 10;

interface Warned {
  readonly students: number;
  readonly questions: readonly (ItemFigures & { readonly question: string; readonly notGradable: number })[];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** What a person should look at before believing the figures, or the questions. Of a small class no question is doubted: chance says more. */
export function warningsOf({ students, questions }: Warned): string[] {
  const many = students >= enough;
  const few = many ? [] : [`Graded students: ${students}. The figures below are little more than chance (n < ${enough}).`];
  const each = questions.flatMap(({ question, difficulty: p, discrimination: r = 0, notGradable }) => {
    const found: readonly (readonly [boolean, string])[] = [
      [notGradable > 0, `not gradable for ${notGradable} of ${students} students, through no fault of theirs.`],
      [many && p <= 0.05, `almost nobody gets points (${percent(p)}). Is the question or its check broken?`],
      [many && p >= 0.95, `almost everybody gets all points (${percent(p)}); it tells students apart no more.`],
      [many && r < 0, `negative discrimination (${r.toFixed(2)}): those who do well elsewhere do worse here. Is a right answer refused?`],
    ];
    return found.filter(([holds]) => holds).map(([, text]) => `${question}: ${text}`);
  });
  return [...few, ...each];
}
