import { describe, expect, it } from 'vitest';
import type { StudentRecord } from '../../../../labs-grading/collect/records.ts';
import { findStudent } from '../../../../labs-grading/gradebook/policy/find-student.ts';
import type { LabGrades, StudentGrade } from '../../../../labs-grading/gradebook/records.ts';

const student = (record: StudentRecord): StudentGrade => ({
  student: record,
  submissions: 0,
  questions: [],
  raw: 0,
  latePenalty: 0,
  score: 0,
  maximum: 5,
});
const grades: LabGrades = {
  lab: 'lab',
  title: 'Lab',
  version: 'v1',
  questions: [],
  students: [
    { id: 'al', name: 'Ali Li', email: 'ali@example.edu' },
    { id: 'jo', name: 'Jürgen O’Neill', email: 'j.oneill@example.edu', ids: { canvas: '4711' } },
    { id: 'ls', name: 'Ada Li-Smith', email: 'ada@example.edu' },
    { id: 's4', name: 'Li', email: 's4@example.edu' },
    { id: 's44', name: 'Smith, Bea', email: 'bea@example.org' },
  ].map(student),
};
const find = (asked: string): string => findStudent(grades, asked).student.id;

describe('a student', () => {
  it.each([
    ['ls', 'ls'],
    ['s4', 's4'],
    ['Li', 's4'],
    ['ali li', 'al'],
    ['Ada', 'ls'],
    ['BEA@EXAMPLE.ORG', 's44'],
    ['example.org', 's44'],
    ["jurgen o'neill", 'jo'],
    ['Neill, Jürgen', 'jo'],
    ['Bea Smith', 's44'],
    ['4711', 'jo'],
  ])('is found by %j', (asked, id) => expect(find(asked)).toBe(id));

  it('is not guessed where several fit: they are listed', () => {
    expect(() => find('smith')).toThrow(/2 students of lab fit "smith"[\s\S]*ls \(Ada Li-Smith, ada@example.edu\), s44 \(Smith, Bea/);
    expect(() => find('example')).toThrow(/5 students/);
  });

  it.each(['nobody', '', ' ', 'ada bea'])('is missed by %j', asked => {
    expect(() => find(asked)).toThrow(/There is no student[\s\S]*Known are: al, jo, ls, s4, s44/);
  });
});
