import type { ItemFigures } from './item-analysis.ts';

/** Fewer students than this say little about an item. */
export const enough = 10;

interface Warned {
  readonly students: number;
  readonly questions: readonly (ItemFigures & { readonly question: string; readonly notGradable: number })[];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** What a person should look at before believing the figures, or the questions. */
export function warningsOf({ students, questions }: Warned): string[] {
  const few = students < enough ? [`Only ${students} graded students: the figures below are little more than chance (n < ${enough}).`] : [];
  const each = questions.flatMap(({ question, difficulty, discrimination, notGradable }) => [
    ...(notGradable > 0 ? [`${question}: not gradable for ${notGradable} of ${students} students, through no fault of theirs.`] : []),
    ...(students > 0 && difficulty <= 0.05
      ? [`${question}: almost nobody gets points (${percent(difficulty)}). Is the question or its check broken?`]
      : []),
    ...(difficulty >= 0.95
      ? [`${question}: almost everybody gets all points (${percent(difficulty)}); it tells students apart no more.`]
      : []),
    ...(discrimination !== undefined && discrimination < 0
      ? [
          `${question}: negative discrimination (${discrimination.toFixed(2)}): those who do well elsewhere do worse here. Is a right answer refused?`,
        ]
      : []),
  ]);
  return [...few, ...each];
}
