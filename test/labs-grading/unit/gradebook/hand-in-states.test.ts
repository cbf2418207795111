import { expect, it } from 'vitest';
import type { HandInState } from '../../../../labs-grading/base/anomaly.ts';
import { noteLines, studentTable } from '../../../../labs-grading/commands/shared/grade-tables.ts';
import { labGrades } from '../../../../labs-grading/gradebook/policy/lab-grades.ts';
import { unfinished } from '../../../../labs-grading/gradebook/policy/unfinished.ts';
import { standingText } from '../../../../labs-grading/gradebook/standing.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import type { GradedLab } from '../../../../labs-grading/lab/labs.ts';
import { exportCsv } from '../../../../labs-grading/report/export/csv.ts';
import { scoreOf } from '../../../../labs-grading/report/export/exported.ts';
import { gradescopeResults } from '../../../../labs-grading/report/export/gradescope/results.ts';
import { prairieLearnResults } from '../../../../labs-grading/report/export/prairielearn.ts';
import { feedbackOf } from '../../../../labs-grading/report/feedback/feedback.ts';
import { feedbackMarkdown } from '../../../../labs-grading/report/feedback/markdown.ts';
import { feedbackPage } from '../../../../labs-grading/report/feedback/page.ts';
import { listed } from '../../../../labs-grading/review/rows.ts';
import { unaskedReport } from '../../../../labs-grading/run/submission-report.ts';
import { at, freshCourse, handedIn } from './samples.ts';

const cell = (id: string, points: number) => ({
  cell_type: 'code',
  source: '',
  metadata: { nbgrader: { grade: true, solution: false, grade_id: `${id}-check`, points, schema_version: 3, locked: true } },
});
const lab: GradedLab = { id: 'lab', checks: '/nowhere', pristine: JSON.stringify({ nbformat: 4, cells: [cell('a', 2), cell('b', 3)] }) };
const questions = [
  { id: 'a', title: 'A', points: 2 },
  { id: 'b', title: 'B', points: 3 },
];

async function classOf(state: HandInState) {
  const book = await openGradebook(freshCourse());
  const { id } = await book.addSubmission(handedIn('al'));
  const report = {
    ...unaskedReport('lab', questions, { refused: 'it is torn' }),
    handIn: state,
    anomalies: [{ kind: state, about: '', detail: 'it is torn' }],
    questions: unaskedReport('lab', questions, { refused: '' }).questions.map(question => ({ ...question, state })),
  };
  await book.addGrading({ submission: id, gradeKey: 'key', finishedAt: at, wallMs: 1, report });
  return book;
}

it.each(['unreadable', 'another lab'] as const)(
  '%s: everybody who reads a grade learns it, nobody gets a 0, and a person decides',
  async state => {
    const book = await classOf(state);
    const grades = await labGrades(book, lab);
    const [grade] = grades.students;
    if (!grade) throw new Error('nobody');
    expect(grade.questions.map(question => question.state)).toEqual([state, state]);
    expect(unfinished(grades)).toEqual([`al: ${standingText(state)}`]);
    expect(scoreOf(grade, { zeros: true })).toBeUndefined();
    expect(exportCsv(grades, {}).notes.join()).toContain('al');
    expect(studentTable(grades)).toContain(state);
    expect(noteLines(grades).join()).toContain('it is torn');
    const feedback = feedbackOf(grades, grade);
    for (const text of [feedbackPage(feedback), feedbackMarkdown(feedback)]) {
      expect(text).toContain(state === 'unreadable' ? 'could not be read' : 'another lab');
      expect(text).toContain('it is torn');
      expect(text).toContain('– / 2');
      expect(text).not.toMatch(/\b0 \/ 2/);
    }
    expect(prairieLearnResults(grades, grade)).toMatchObject({
      gradable: false,
      format_errors: [expect.stringContaining(standingText(state)), 'it is torn'],
    });
    expect(gradescopeResults(grades, grade).output).toContain('it is torn');
    const [row] = listed(grades, 'a', false);
    expect(row?.row.score).toBeUndefined();
    expect(row?.row.notes.join()).toContain(`${state}: it is torn`);
    for (const question of ['a', 'b'])
      await book.override({ lab: 'lab', student: 'al', question, score: 1, reason: 'seen on paper', by: 'ta' });
    const settled = await labGrades(book, lab);
    expect(unfinished(settled)).toEqual([]);
    expect(settled.students.map(one => scoreOf(one))).toEqual([2]);
    expect(feedbackMarkdown(feedbackOf(settled, settled.students[0] ?? grade))).toContain('2 of 5 points');
  },
);

it('is no 0 either that nobody has graded yet', async () => {
  const book = await openGradebook(freshCourse());
  await book.addSubmission(handedIn('al'));
  const grades = await labGrades(book, lab);
  const text = feedbackMarkdown(feedbackOf(grades, grades.students[0] as never));
  expect(text).toContain('– / 2 | not graded yet');
  expect(text).not.toContain('did not run');
});
