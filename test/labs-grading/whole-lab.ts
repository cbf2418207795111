import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveDeliverable } from 'tinylab/grading';
import { afterAll, expect } from 'vitest';
import { labOf } from '../../labs-grading/lab/labs.ts';
import type { Mutant } from '../../labs-grading/lab/mutant.ts';
import { type Cell, markOf } from '../../labs-grading/release/cells.ts';
import { labFiles, loadQuestions } from '../../labs-grading/release/lab-files.ts';
import { leaningQuestions } from '../../labs-grading/release/lone-answers.ts';
import { loadMutants } from '../../labs-grading/release/mutants.ts';
import { formatNotebook } from '../../labs-grading/release/nbformat.ts';
import { fullMarks } from '../../labs-grading/release/outcome.ts';
import { labCells, solutionNotebook, studentNotebook } from '../../labs-grading/release/student.ts';
import { openGrader } from '../../labs-grading/run/grade-notebook.ts';
import type { SubmissionReport } from '../../labs-grading/run/submission-report.ts';

// The release gate of a lab in a minute: results come from the library's own techniques, and wrong answers to different questions share a run.

/** What each question lacks, with the first hint. */
export const missing = (report: SubmissionReport): string[] =>
  report.questions
    .filter(question => question.score < fullMarks(question))
    .map(
      ({ question, score, items }) =>
        `${question} ${score}: ${items.filter(({ passed }) => !passed).map(({ hint, got }) => hint ?? got)[0]}`,
    );

/** A lab under test, with a grader that is closed after the tests of the file. */
export async function wholeLab(id: string): Promise<WholeLab> {
  const lab = labFiles(id);
  const cells = labCells(lab);
  const root = mkdtempSync(join(tmpdir(), `tinylab-${id}-`));
  const grader = openGrader(labOf(id));
  afterAll(async () => {
    await grader.close();
    rmSync(root, { recursive: true });
  });
  const { questions } = await loadQuestions(lab);
  const known = (await loadMutants(lab)).filter(({ answer }) => !answer.includes('deliver('));
  const folders = { right: join(root, 'right'), wrong: join(root, 'wrong') };
  const grade: WholeLab['grade'] = (notebook, deliverables, only) =>
    grader.grade({ notebook, deliverables: deliverables && folders[deliverables], seed: 20_26_11, hidden: true, only });
  /** Tells whether the answer to one question calls that to the other: wrong together, the later one would be wrong for the wrong reason. */
  const calls = (a: string, b: string): boolean => {
    const [own, other] = [a, b].map(asked => questions.find(question => question.id === asked));
    return own?.needs?.some(name => other?.uses.includes(name)) ?? false;
  };
  const answered = (round: readonly Mutant[]): string =>
    formatNotebook(
      cells.map((cell: Cell) => {
        const found = round.find(({ question }) => question === markOf(cell)?.grade_id);
        return found ? { ...cell, source: found.answer } : cell;
      }),
    );
  return {
    solution: solutionNotebook(lab),
    stub: studentNotebook(lab),
    rounds: packed(known, calls),
    grade,
    handIn: (name, [good, bad]) => {
      saveDeliverable(join(folders.right, 'deliverables'), name, good);
      saveDeliverable(join(folders.wrong, 'deliverables'), name, bad);
    },
    async expectLone() {
      const { questions: full } = await grade(solutionNotebook(lab), 'right');
      const solved = Object.fromEntries(full.map(({ question, score }) => [question, score]));
      expect(
        await leaningQuestions({ questions: await loadQuestions(lab), cells }, solved, (notebook, only) => grade(notebook, 'right', only)),
      ).toEqual([]);
    },
    async expectCaught(round) {
      const report = await grade(
        answered(round),
        'right',
        round.map(({ question }) => question),
      );
      const missed = round.filter(({ question, hint }) => {
        const found = report.questions.find(asked => asked.question === question);
        return !found || found.score >= fullMarks(found) || !found.items.some(item => !item.passed && item.hint?.includes(hint));
      });
      expect(missed.map(({ question, name }) => `${question}: ${name}`)).toEqual([]);
    },
  };
}

/** What the tests of a lab do with it. */
export interface WholeLab {
  readonly solution: string;
  readonly stub: string;
  /** Known wrong answers in as few runs as may be: one for a question, and none beside what it calls. */
  readonly rounds: readonly (readonly Mutant[])[];
  grade(notebook: string, deliverables?: 'right' | 'wrong', only?: readonly string[]): Promise<SubmissionReport>;
  /** A result that is right, and one that is not. */
  handIn(name: string, results: readonly [right: unknown, wrong: unknown]): void;
  /** An answer that is left empty costs no other question, but for those that say so. */
  expectLone(): Promise<void>;
  /** Each of these is caught, with its hint. */
  expectCaught(round: readonly Mutant[]): Promise<void>;
}

function packed(all: readonly Mutant[], calls: (a: string, b: string) => boolean): Mutant[][] {
  const rounds: Mutant[][] = [];
  const clash = (a: Mutant, b: Mutant): boolean =>
    a.question === b.question || calls(a.question, b.question) || calls(b.question, a.question);
  for (const mutant of all) {
    const free = rounds.find(round => !round.some(other => clash(mutant, other)));
    if (free) free.push(mutant);
    else rounds.push([mutant]);
  }
  return rounds;
}
