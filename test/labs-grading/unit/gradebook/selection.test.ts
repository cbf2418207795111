import { describe, expect, it } from 'vitest';
import type { SubmissionRecord } from '../../../../labs-grading/collect/records.ts';
import { gradeDiff } from '../../../../labs-grading/gradebook/policy/grade-diff.ts';
import { parseOnly, selected, submissionsToGrade } from '../../../../labs-grading/gradebook/policy/selection.ts';
import { labSettings } from '../../../../labs-grading/gradebook/policy/settings.ts';
import { unfinished } from '../../../../labs-grading/gradebook/policy/unfinished.ts';
import type { LabGrades, StudentGrade } from '../../../../labs-grading/gradebook/records.ts';
import { at, handedIn, reportWith } from './samples.ts';

const submission = (id: number, student: string, submittedAt = at): SubmissionRecord => ({ id, ...handedIn(student, { submittedAt }) });
const settings = labSettings({ lateDays: 0, labs: {} }, 'lab');

function student(id: number, name: string, scores?: { a: number; b: number; flaky?: boolean }): StudentGrade {
  const anomalies = scores?.flaky ? [{ kind: 'flaky' as const, about: 'a', detail: '' }] : [];
  const report = scores && reportWith(scores, { anomalies });
  const questions = (report?.questions ?? []).map(({ points, ...question }) => ({ ...question, maximum: points }));
  const grading = report && { id, submission: id, gradeKey: 'key', finishedAt: at, wallMs: 1, report };
  const score = report?.score ?? 0;
  const facts = { student: { id: name }, submission: submission(id, name), submissions: 1, latePenalty: 0, maximum: 5 };
  return { ...facts, questions, raw: score, score, ...(grading && { grading }) };
}
const grades = (...students: StudentGrade[]): LabGrades => ({
  lab: 'lab',
  title: 'Lab',
  version: 'v1',
  questions: [{ question: 'a', title: 'A', points: 2 }],
  students,
});

describe('what is graded', () => {
  it('is what was asked for', () => {
    expect(parseOnly('failed')).toEqual({ kind: 'failed' });
    expect(parseOnly('question=a=b')).toEqual({ kind: 'question', name: 'a=b' });
    for (const text of ['', 'passed', 'question=', 'student', 'Failed']) expect(parseOnly(text), text).toBeUndefined();
  });

  it('is the submission that counts, or all where the best does', () => {
    const both = [submission(1, 'al'), submission(2, 'al', '2026-11-23T12:00:00.000Z'), submission(3, 'bo')];
    expect(submissionsToGrade(both, settings).map(({ id }) => id)).toEqual([2, 3]);
    expect(submissionsToGrade(both, { ...settings, count: 'best' })).toHaveLength(3);
  });

  it('is chosen by what came of it before', () => {
    const known = grades(
      student(1, 'al', { a: 2, b: 3 }),
      student(2, 'bo', { a: 0, b: 3 }),
      student(3, 'cy'),
      student(4, 'di', { a: 2, b: 3, flaky: true }),
    );
    const all = known.students.map(grade => grade.submission as SubmissionRecord);
    const ids = (text: string): number[] => selected(all, parseOnly(text), known).map(({ id }) => id);
    expect(ids('failed')).toEqual([2, 3]);
    expect(ids('flaky')).toEqual([4]);
    expect(ids('student=bo')).toEqual([2]);
    expect(ids('question=a')).toEqual([1, 2, 3, 4]);
    expect(() => ids('student=eve')).toThrow(/no student "eve" in lab.*Known are: al, bo, cy, di/s);
    expect(() => ids('question=z')).toThrow('gradebook/unknown');
  });
});

describe('the difference of grades', () => {
  it('names each question that changed, then the total', () => {
    const before = grades(student(1, 'al', { a: 2, b: 0 }), student(2, 'bo', { a: 2, b: 3 }));
    const after = grades(student(1, 'al', { a: 0, b: 0 }), student(2, 'bo', { a: 2, b: 3 }));
    expect(gradeDiff(before, before)).toEqual([]);
    expect(gradeDiff(before, after)).toEqual([
      { student: 'al', question: 'a', before: { score: 2, maximum: 2, state: 'passed' }, after: { score: 0, maximum: 2, state: 'failed' } },
      { student: 'al', before: { score: 2, maximum: 5 }, after: { score: 0, maximum: 5 } },
    ]);
  });

  it('tells a grade from none', () => {
    const after = grades(student(1, 'al', { a: 0, b: 0 }));
    expect(gradeDiff(grades(student(1, 'al')), after).at(-1)).toEqual({
      student: 'al',
      before: undefined,
      after: { score: 0, maximum: 5 },
    });
    expect(gradeDiff(undefined, after)).toHaveLength(3);
  });
});

it('finds what keeps a lab from being published', () => {
  const essay = { question: 'essay', title: '', maximum: 5, score: 0, state: 'needs manual' as const, items: [], staff: [] };
  const broken = { ...student(3, 'cy', { a: 0, b: 0 }), questions: [{ ...essay, state: 'not gradable' as const }] };
  const ours = {
    ...broken,
    grading: { ...broken.grading, report: reportWith({ a: 0, b: 0 }, { notGradable: 'x' }) } as StudentGrade['grading'],
  };
  const waiting = { ...student(2, 'bo', { a: 2, b: 3 }), questions: [essay] };
  const lines = unfinished(grades(student(1, 'al', { a: 0, b: 0 }), student(4, 'di'), waiting, ours as StudentGrade));
  expect(lines).toEqual(['di: not graded yet', 'bo: waits for a person', 'cy: not gradable, our fault']);
});
