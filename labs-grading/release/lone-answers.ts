import type { Lab } from 'tinylab';
import { bare, declared } from '../../scripts/notebook/source.mjs';
import type { SubmissionReport } from '../run/submission-report.ts';
import { type Cell, markOf } from './cells.ts';
import { formatNotebook } from './nbformat.ts';

/** A question that falls with the answer to another one, and does not say that it needs it. */
export interface Leaning {
  readonly question: string;
  readonly message: string;
}

/** Grades a notebook on these questions. */
export type GradeOnly = (notebook: string, only: readonly string[]) => Promise<SubmissionReport>;

/** The lab with one answer left empty: what an empty, or no longer compiling, cell is to the others. */
export const withoutAnswer = (cells: readonly Cell[], question: string): string =>
  formatNotebook(cells.map(cell => (markOf(cell)?.grade_id === question ? { ...cell, source: '' } : cell)));

/** Cells that an empty answer reaches: its own, those that mention a name of it, those that mention a name of these, and so on. */
function reached(cells: readonly Cell[], question: string): { readonly ids: ReadonlySet<string>; readonly names: ReadonlySet<string> } {
  const code = cells.flatMap(cell =>
    cell.type === 'code' ? [{ id: markOf(cell)?.grade_id, text: bare(cell.source), names: declared(cell.source) }] : [],
  );
  const [names, ids] = [new Set<string>(), new Set<string>()];
  for (let before = -1; before < names.size + ids.size; ) {
    before = names.size + ids.size;
    for (const cell of code) {
      const words = new Set(cell.text.match(/[\w$]+/g));
      if (cell.id !== question && ![...names].some(name => words.has(name))) continue;
      if (cell.id !== undefined) ids.add(cell.id);
      for (const name of cell.names) names.add(name);
    }
  }
  return { ids, names };
}

/** Tells whether `id` says that it needs a name of `other`, so that `staff` can stand in for it. */
function needed({ questions }: Lab, id: string, other: string): boolean {
  const [own, earlier] = [id, other].map(name => questions.find(question => question.id === name));
  return own?.needs?.some(name => earlier?.uses.includes(name)) ?? false;
}

/**
 * Empties each answer of a solved lab in turn and asks the questions that it reaches: a slip in one answer costs no other question, but
 * for those that say in `needs` which earlier answers they call. `solved` holds the scores of the whole solution.
 */
export async function leaningQuestions(
  { questions: lab, cells }: { readonly questions: Lab; readonly cells: readonly Cell[] },
  solved: Readonly<Record<string, number>>,
  grade: GradeOnly,
): Promise<Leaning[]> {
  const found: Leaning[] = [];
  for (const { id: emptied } of lab.questions) {
    const reach = reached(cells, emptied);
    const others = lab.questions
      .filter(({ id, uses }) => id !== emptied && (reach.ids.has(id) || uses.some(name => reach.names.has(name))))
      .map(({ id }) => id);
    if (others.length === 0) continue;
    const { questions } = await grade(withoutAnswer(cells, emptied), others);
    for (const { question, score, state, items } of questions) {
      if (score >= (solved[question] ?? 0) || needed(lab, question, emptied)) continue;
      const why = items.find(({ passed }) => !passed)?.got ?? state;
      const mend = 'move what both use to a given cell, or declare needs: [name], for which staff has a version';
      found.push({ question, message: `falls to ${score} points when the answer to ${emptied} is empty (${why}); ${mend}` });
    }
  }
  return found;
}
