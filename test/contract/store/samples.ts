import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewSubmission } from '../../../labs-grading/collect/records.ts';
import type { ManualEdit, NewGrading } from '../../../labs-grading/gradebook/store/contract.ts';
import type { SubmissionReport } from '../../../labs-grading/run/submission-report.ts';

const at = '2026-11-22T12:00:00.000Z';

const made: string[] = [];

/** A folder in which a store may keep a course; it is not there yet. */
export function newPlace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-store-'));
  made.push(folder);
  return join(folder, 'course');
}

/** Takes away the folders of all places that were made. */
export function removePlaces(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export const submissionOf = (place: string, student: string, more: Partial<NewSubmission> = {}): NewSubmission => ({
  lab: 'lab',
  student,
  folder: join(place, 'submissions/lab', student),
  digest: `digest of ${student}`,
  submittedAt: at,
  source: 'folder: in',
  anomalies: [],
  ...more,
});

export const reportOf = (score: number, more: Partial<SubmissionReport> = {}): SubmissionReport => ({
  lab: 'lab',
  points: 5,
  score,
  questions: [{ question: 'a', title: 'A', points: 5, score, state: score === 5 ? 'passed' : 'failed', parts: [], items: [], staff: [] }],
  cells: [],
  anomalies: [],
  figures: { cpuMs: 1, compileCpuMs: 1, peakBytes: 1, sandboxes: 1 },
  degraded: false,
  ...more,
});

export const gradingOf = (submission: number, gradeKey: string, report: SubmissionReport = reportOf(5)): NewGrading => ({
  submission,
  gradeKey,
  finishedAt: at,
  wallMs: 7,
  report,
});

export const manualOf = (student: string, more: Partial<ManualEdit> = {}): ManualEdit => ({
  lab: 'lab',
  student,
  question: 'essay',
  grader: 'ta',
  items: ['x'],
  adjustment: -0.5,
  comment: '',
  revision: 0,
  ...more,
});
