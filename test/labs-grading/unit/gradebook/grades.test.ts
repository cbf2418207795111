import { describe, expect, it } from 'vitest';
import { canonical, gradesOf } from '../../../../labs-grading/gradebook/policy/grades.ts';
import type { LabGrades, StudentGrade } from '../../../../labs-grading/gradebook/records.ts';
import { labSeed } from '../../../../labs-grading/lab/seed.ts';
import { at, handedIn, reportWith } from './samples.ts';

const item = { id: 'case.1', asked: 'secret text', passed: false, hidden: false, reason: 'wrong' as const, got: 'text of a student' };
const question = (id: string) => ({
  question: id,
  title: id,
  maximum: 2,
  score: 1,
  state: 'partial' as const,
  items: [item],
  staff: [],
});
const grade = (student: string, wallMs: number): StudentGrade => ({
  student: { id: student },
  submission: { id: wallMs, ...handedIn(student) },
  grading: { id: wallMs, submission: wallMs, gradeKey: 'key', finishedAt: at, wallMs, report: reportWith({ a: 1, b: 1 }) },
  submissions: 1,
  questions: [question('b'), question('a')],
  raw: 2,
  latePenalty: 0.5,
  score: 1.5,
  maximum: 4,
});
const lab = (...students: StudentGrade[]): LabGrades => ({ lab: 'lab', title: 'Lab', version: 'v1', questions: [], students });

describe('grades.json', () => {
  it('is the same text whatever the order and the times', () => {
    const one = canonical(gradesOf(lab(grade('zoe', 1), grade('adam', 2))));
    const other = canonical(gradesOf(lab(grade('adam', 77), grade('zoe', 88))));
    expect(one).toBe(other);
    expect(JSON.parse(one).students.map(({ student }: { student: string }) => student)).toEqual(['adam', 'zoe']);
  });

  it('holds verdicts and message ids, and no text of a student', () => {
    const text = canonical(gradesOf(lab(grade('adam', 1))));
    expect(JSON.parse(text).students[0]).toMatchObject({ score: 1.5, maximum: 4, latePenalty: 0.5 });
    expect(JSON.parse(text).students[0].questions[0]).toEqual({
      question: 'a',
      score: 1,
      maximum: 2,
      state: 'partial',
      checks: [{ id: 'case.1', passed: false, message: 'wrong' }],
    });
    expect(text).not.toMatch(/secret|text of a student|wallMs/);
  });

  it('has no 0 for what is not graded yet, and one for nothing handed in', () => {
    const { grading: _, ...waiting } = grade('adam', 1);
    const { submission: _submission, grading: _attempt, ...absent } = grade('zoe', 1);
    expect(gradesOf(lab(waiting, { ...absent, score: 0 })).students.map(({ student, score }) => [student, score])).toEqual([['zoe', 0]]);
  });
});

describe('the seed of a lab', () => {
  it('differs between labs and courses, and stays the same', () => {
    expect(new Set([labSeed(1, 'lab'), labSeed(2, 'lab'), labSeed(1, 'lab2')]).size).toBe(3);
    expect(labSeed(1, 'lab')).toBe(labSeed(1, 'lab'));
  });
});
