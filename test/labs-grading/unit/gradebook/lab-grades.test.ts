import { describe, expect, it } from 'vitest';
import { labGrades } from '../../../../labs-grading/gradebook/policy/lab-grades.ts';
import { type LabSettings, labSettings } from '../../../../labs-grading/gradebook/policy/settings.ts';
import type { LabGrades, LabQuestion } from '../../../../labs-grading/gradebook/records.ts';
import type { Store } from '../../../../labs-grading/gradebook/store/contract.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';
import type { GradedLab } from '../../../../labs-grading/lab/labs.ts';
import { parseRubric } from '../../../../labs-grading/lab/rubric.ts';
import { at, freshCourse, handedIn, reportWith } from './samples.ts';

const cell = (id: string, points: number, solution: boolean) => ({
  cell_type: solution ? 'markdown' : 'code',
  source: solution ? '## Why does it work?' : '',
  metadata: { nbgrader: { grade: true, solution, grade_id: id, points, schema_version: 3, locked: !solution } },
});
const cells = [{ cell_type: 'markdown', source: '# A lab', metadata: {} }, cell('a-check', 2, false), cell('b-check', 3, false)];
const labWith = (...more: ReturnType<typeof cell>[]): GradedLab => ({
  id: 'lab',
  checks: '/nowhere/checks.ts',
  pristine: JSON.stringify({ nbformat: 4, cells: [...cells, ...more] }),
});
const lab = labWith();
const essayLab = labWith(cell('essay', 5, true));
const none = labSettings({ lateDays: 0, labs: {} }, 'lab');

/** A book in which `al` handed in and has these scores; `bo` is on the roster and handed in nothing. */
async function classOf(scores: { a: number; b: number }, submittedAt = at): Promise<Store> {
  const book = await openGradebook(freshCourse());
  await book.putStudents([{ id: 'bo', name: 'Bo' }]);
  const { id } = await book.addSubmission(handedIn('al', { submittedAt }));
  await book.addGrading({ submission: id, gradeKey: 'key', finishedAt: at, wallMs: 1, report: reportWith(scores) });
  return book;
}

const of = (grades: LabGrades, student: string) => {
  const found = grades.students.find(({ student: { id } }) => id === student);
  const questions = Object.fromEntries((found?.questions ?? []).map(({ question, score, state }) => [question, [score, state]]));
  return { ...found, questions };
};

describe('grades of a lab', () => {
  it('hold everyone who is on the roster or handed in, sorted', async () => {
    const grades = await labGrades(await classOf({ a: 2, b: 0 }), lab);
    expect(grades).toMatchObject({
      lab: 'lab',
      title: 'A lab',
      students: [{ student: { id: 'al' } }, { student: { id: 'bo', name: 'Bo' } }],
    });
    expect(of(grades, 'al')).toMatchObject({ raw: 2, score: 2, maximum: 5, questions: { a: [2, 'passed'], b: [0, 'failed'] } });
    expect(of(grades, 'bo')).toMatchObject({ score: 0, maximum: 5, submissions: 0, questions: { a: [0, 'not run'] } });
    expect(of(grades, 'bo')).not.toHaveProperty('submission');
  });

  it('take the latest grading, but no failure of ours over a grade', async () => {
    const book = await classOf({ a: 2, b: 0 });
    const submission = (await book.submissions('lab'))[0]?.id as number;
    const again = { submission, gradeKey: 'key 2', finishedAt: at, wallMs: 1 };
    await book.addGrading({ ...again, report: reportWith({ a: 2, b: 3 }) });
    expect(of(await labGrades(book, lab), 'al').score).toBe(5);
    await book.addGrading({ ...again, report: reportWith({ a: 0, b: 0 }, { notGradable: 'the checker broke' }) });
    expect(of(await labGrades(book, lab), 'al').score).toBe(5);
  });

  it('say what only people can grade, and take their rubric', async () => {
    const book = await classOf({ a: 2, b: 3 });
    const item = [{ id: 'vague', points: -2, text: 'Too vague.' }];
    const rubric = parseRubric(JSON.stringify({ questions: { essay: { items: item }, b: { mode: 'add', items: [] } } }), 'rubric.json');
    const edit = { lab: 'lab', student: 'al', grader: 'ta', items: ['vague'], adjustment: 0, comment: '', revision: 0 };
    expect(of(await labGrades(book, essayLab, { rubric }), 'al')).toMatchObject({
      score: 5,
      maximum: 10,
      questions: { essay: [0, 'needs manual'] },
    });
    await book.putManual({ ...edit, question: 'essay' });
    expect(of(await labGrades(book, essayLab, { rubric }), 'al').questions.essay).toEqual([3, 'partial']);
    const milder = { questions: { essay: { mode: 'deduct' as const, items: [{ ...item[0], points: -1 } as never], comments: [] } } };
    expect(of(await labGrades(book, essayLab, { rubric: milder }), 'al').questions.essay).toEqual([4, 'partial']);
    await book.putManual({ ...edit, question: 'b', items: [], adjustment: -1 });
    const grade = (await labGrades(book, essayLab, { rubric })).students[0]?.questions.find(({ question }) => question === 'b');
    expect(grade).toMatchObject({ automatic: 3, score: 2, state: 'partial', manual: { grader: 'ta' } });
  });

  it('take an override before all else, until it is taken back', async () => {
    const book = await classOf({ a: 2, b: 0 });
    const change = { lab: 'lab', student: 'al', question: 'b', reason: 'the check was too strict', by: 'ta' };
    await book.override({ ...change, score: 2.5 });
    expect(of(await labGrades(book, lab), 'al')).toMatchObject({ score: 4.5, questions: { b: [2.5, 'partial'] } });
    expect((await labGrades(book, lab)).students[0]?.questions[1]).toMatchObject({
      automatic: 0,
      override: { reason: 'the check was too strict' },
    });
    await book.override({ ...change, score: undefined });
    expect(of(await labGrades(book, lab), 'al').score).toBe(2);
  });

  it('give everyone full marks for a broken question, or drop it and keep the maximum', async () => {
    const book = await classOf({ a: 1, b: 0 });
    const full = await labGrades(book, lab, { settings: { ...none, policies: { b: 'full marks' } } });
    expect(of(full, 'al')).toMatchObject({ score: 4, questions: { b: [3, 'passed'] } });
    expect(of(full, 'bo').score).toBe(0);
    const dropped = await labGrades(book, lab, { settings: { ...none, policies: { b: 'drop' } } });
    expect(of(dropped, 'al')).toMatchObject({ raw: 2.5, score: 2.5, maximum: 5, questions: { a: [2.5, 'failed'], b: [0, 'failed'] } });
    expect(dropped.questions.map(({ points }) => points)).toEqual([5, 0]);
  });

  it('take off for lateness, once, from the sum', async () => {
    const settings: LabSettings = { ...none, due: '2026-11-21T12:00:00Z', latePolicy: { kind: 'points per day', points: 1.5 } };
    const book = await classOf({ a: 2, b: 3 });
    expect(of(await labGrades(book, lab, { settings }), 'al')).toMatchObject({ raw: 5, latePenalty: 1.5, score: 3.5 });
    const extended = { ...settings, extensions: { al: '2026-11-23T12:00:00Z' } };
    expect(of(await labGrades(book, lab, { settings: extended }), 'al')).toMatchObject({ raw: 5, latePenalty: 0, score: 5 });
    expect(of(await labGrades(book, lab, { settings, lateDaysLeft: () => 2 }), 'al')).toMatchObject({ latePenalty: 0 });
  });

  it('count the best of several submissions where the course says so', async () => {
    const book = await classOf({ a: 2, b: 3 });
    const { id } = await book.addSubmission(handedIn('al', { digest: 'later', submittedAt: '2026-11-22T13:00:00.000Z' }));
    await book.addGrading({ submission: id, gradeKey: 'key 2', finishedAt: at, wallMs: 1, report: reportWith({ a: 0, b: 0 }) });
    expect(of(await labGrades(book, lab), 'al')).toMatchObject({ score: 0, submissions: 2 });
    expect(of(await labGrades(book, lab, { settings: { ...none, count: 'best' } }), 'al')).toMatchObject({ score: 5, submissions: 2 });
  });
});

describe('the questions of a lab', () => {
  it('are those of the checks once they were loaded', async () => {
    const book = await classOf({ a: 2, b: 0 });
    const question = (id: string): LabQuestion => ({ question: id, title: id.toUpperCase(), points: 2, manual: false });
    await book.putLab({ lab: 'lab', title: 'Told', version: 'v2', questions: [question('a')] });
    expect(await labGrades(book, lab)).toMatchObject({
      title: 'Told',
      version: 'v2',
      questions: [{ question: 'a', title: 'A', points: 2 }],
    });
  });
});

describe('a rubric', () => {
  it('is refused by name where it cannot mean anything', () => {
    const rubric = (question: unknown) => () => parseRubric(JSON.stringify({ questions: { q: question } }), 'rubric.json');
    const item = { id: 'x', points: 1, text: '' };
    expect(rubric({ mode: 'add', items: [item] })).not.toThrow();
    expect(rubric({ items: [item] })).toThrow(/rubric.json: questions.q: item x has 1 points; mode deduct has none above 0/);
    expect(rubric({ mode: 'add', items: [item, item] })).toThrow('same id');
    expect(rubric({ itms: [] })).toThrow('questions.q');
    expect(() => parseRubric('{', 'rubric.json')).toThrow('rubric.json: not JSON');
  });
});
