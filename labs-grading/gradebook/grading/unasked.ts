import { maximumNotebookBytes, notebookOf, Refused, readRegular } from '../../collect/intake.ts';
import type { QuestionFacts } from '../../run/checker-messages.ts';
import type { SubmissionReport } from '../../run/grade-notebook.ts';
import { noFigures } from '../../run/resource-use.ts';

/** Text of the notebook in a submission's folder, or why there is none. */
export function readNotebook(folder: string, lab: string): string | { readonly refused: string } {
  try {
    const path = notebookOf({ id: '', folder }, `${lab}.ipynb`);
    return path === undefined ? { refused: `no notebook ${lab}.ipynb` } : readRegular(path, maximumNotebookBytes).toString('utf8');
  } catch (error) {
    if (error instanceof Refused) return { refused: `the notebook was refused: ${error.message}` };
    throw error;
  }
}

/** The report of a submission of which nothing could run. */
export function unaskedReport(
  lab: string,
  questions: readonly Pick<QuestionFacts, 'id' | 'title' | 'points'>[],
  why: { readonly refused: string } | { readonly notGradable: string },
): SubmissionReport {
  const ours = 'notGradable' in why;
  const state = ours ? 'not gradable' : 'not run';
  return {
    lab,
    points: questions.reduce((sum, { points }) => sum + points, 0),
    score: 0,
    questions: questions.map(({ id, title, points }) => ({
      question: id,
      title,
      points,
      score: 0,
      state,
      parts: [],
      items: [],
      staff: [],
    })),
    cells: [],
    anomalies: ours ? [] : [{ kind: 'unreadable', about: '', detail: why.refused }],
    figures: noFigures,
    degraded: false,
    ...(ours && { notGradable: why.notGradable }),
  };
}
