import type { LabGrades } from '../../gradebook/records.ts';
import type { GradedLab } from '../../lab/labs.ts';
import { type Answers, answersOf, stubOf } from './answers.ts';
import { mostTokens, tokensBeyond } from './fragments.ts';
import { type EqualModels, equalModels } from './models.ts';
import { type Pair, similarPairs } from './pairs.ts';

/** What a person may want to look at: passages and models that students share. It proves nothing and changes no grade. */
export interface Similarity {
  readonly lab: string;
  readonly title: string;
  readonly threshold: number;
  /** A passage that more students than this have counts as the way one answers. */
  readonly common: number;
  readonly compared: number;
  /** Who is not compared, or in part only, and why. */
  readonly refused: readonly { readonly student: string; readonly why: string }[];
  readonly pairs: readonly Pair[];
  readonly models: readonly EqualModels[];
}

/** Passages that a tenth of the class has, and at least four students, are the way one answers. */
export const commonIn = (students: number): number => Math.max(4, Math.ceil(students / 10));

/** Compares the answers that count. Returns them too, for a page that shows passages side by side. */
export function similarityOf(
  lab: GradedLab,
  grades: LabGrades,
  threshold: number,
): { similarity: Similarity; answers: readonly Answers[] } {
  const answers: Answers[] = [];
  const refused: { student: string; why: string }[] = [];
  for (const grade of grades.students) {
    const found = answersOf(lab, grade);
    if (!('refused' in found)) answers.push(found);
    else if (grade.submission) refused.push({ student: grade.student.id, why: found.refused });
  }
  for (const one of answers) {
    const count = tokensBeyond(one);
    if (count > 0) refused.push({ student: one.student, why: `only the first ${mostTokens} of ${count} tokens are compared` });
  }
  const common = commonIn(answers.length);
  const pairs = similarPairs(stubOf(lab), answers, { threshold, common });
  const models = equalModels(grades.students);
  return { similarity: { lab: lab.id, title: grades.title, threshold, common, compared: answers.length, refused, pairs, models }, answers };
}
