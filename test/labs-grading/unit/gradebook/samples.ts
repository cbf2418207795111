import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Course, courseIn } from '../../../../labs-grading/collect/course.ts';
import type { NewSubmission } from '../../../../labs-grading/collect/records.ts';
import type { SubmissionReport } from '../../../../labs-grading/run/submission-report.ts';

const root = mkdtempSync(join(tmpdir(), 'tinylab-gradebook-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

/** A course of its own, gone after the tests. */
export const freshCourse = (): Course => courseIn(join(root, `course-${++made}`));

export const at = '2026-11-22T12:00:00.000Z';

export const handedIn = (student: string, more: Partial<NewSubmission> = {}): NewSubmission => ({
  lab: 'lab',
  student,
  folder: `/submissions/${student}`,
  digest: `digest of ${student}`,
  submittedAt: at,
  source: 'folder',
  anomalies: [],
  ...more,
});

/** A report in which `a` has 2 points and `b` has 3; scores as given. */
export function reportWith(scores: { a: number; b: number }, more: Partial<SubmissionReport> = {}): SubmissionReport {
  const question = (id: 'a' | 'b', points: number) => {
    const passed = scores[id] === points;
    const item = { id: 'case.1', asked: 'secret text', passed, hidden: false, reason: passed ? ('right' as const) : ('wrong' as const) };
    const state = passed ? ('passed' as const) : ('failed' as const);
    return { question: id, title: `Question ${id}`, points, score: scores[id], state, parts: [], items: [item], staff: [] };
  };
  return {
    lab: 'lab',
    points: 5,
    score: scores.a + scores.b,
    questions: [question('a', 2), question('b', 3)],
    cells: [],
    anomalies: [],
    figures: { cpuMs: 1, compileCpuMs: 0, peakBytes: 0, sandboxes: 1 },
    degraded: false,
    ...more,
  };
}
