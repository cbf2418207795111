import { describe, expect, it } from 'vitest';
import { canonical, gradesOf } from '../../../labs-grading/run/grades.ts';
import { studentSeed } from '../../../labs-grading/run/seed.ts';

const item = { id: 'case.1', asked: 'secret text', passed: false, hidden: false, reason: 'wrong' as const, got: 'text of a student' };
const question = (id: string) => ({
  question: id,
  title: id,
  points: 2,
  score: 1,
  state: 'partial' as const,
  parts: [],
  items: [item],
  staff: [],
});
const result = (student: string, cpuMs: number) => ({
  student,
  wallMs: cpuMs,
  report: {
    lab: 'lab',
    points: 4,
    score: 2,
    questions: [question('b'), question('a')],
    cells: [],
    anomalies: [{ kind: 'changed' as const, about: 'x', detail: 'y' }],
    figures: { cpuMs, compileCpuMs: 0, peakBytes: 0, sandboxes: 1 },
    degraded: false,
  },
});

describe('grades.json', () => {
  it('is the same text whatever the order and the times', () => {
    const one = canonical(gradesOf('lab', [result('zoe', 1), result('adam', 2)]));
    const other = canonical(gradesOf('lab', [result('adam', 77), result('zoe', 88)]));
    expect(one).toBe(other);
    expect(JSON.parse(one).students.map(({ student }: { student: string }) => student)).toEqual(['adam', 'zoe']);
  });

  it('holds verdicts and message ids, and no text of a student', () => {
    const text = canonical(gradesOf('lab', [result('adam', 1)]));
    expect(JSON.parse(text).students[0].questions[0]).toEqual({
      question: 'a',
      score: 1,
      maximum: 2,
      state: 'partial',
      checks: [{ id: 'case.1', passed: false, message: 'wrong' }],
    });
    expect(text).not.toMatch(/secret|text of a student|cpuMs/);
  });
});

describe('seeds', () => {
  it('differ between students, labs and courses, and stay the same', () => {
    const seeds = [
      studentSeed(1, 'lab', 'adam'),
      studentSeed(1, 'lab', 'zoe'),
      studentSeed(2, 'lab', 'adam'),
      studentSeed(1, 'lab2', 'adam'),
    ];
    expect(new Set(seeds).size).toBe(4);
    expect(studentSeed(1, 'lab', 'adam')).toBe(seeds[0]);
  });
});
