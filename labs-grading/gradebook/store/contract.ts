import type { NewSubmission, StudentRecord, SubmissionRecord } from '../../collect/records.ts';
import type { SubmissionReport } from '../../run/submission-report.ts';
import type { GradingRecord, LabFacts, LabGrades, LogRecord, ManualRecord, OverrideRecord } from '../records.ts';

/** What is known of a finished grading, before it has a number. */
export type NewGrading = Omit<GradingRecord, 'id'>;

/** A manual grade that someone wants to write: `revision` is the one that it was made from, 0 for the first. */
export type ManualEdit = Omit<ManualRecord, 'at'>;

/**
 * The only door to a course's database. Every write is one durable transaction: after it returns, neither `kill -9` nor a power cut loses
 * it. Submissions, gradings, overrides and publications are only ever added.
 */
export interface Gradebook {
  students(): readonly StudentRecord[];
  putStudents(students: readonly StudentRecord[]): void;
  /** What the lab last asked, once something has loaded its checks. */
  lab(lab: string): LabFacts | undefined;
  putLab(facts: LabFacts): void;
  /** Adds a submission; the same student with the same digest and time is the same submission. */
  addSubmission(submission: NewSubmission): SubmissionRecord;
  submissions(lab: string, student?: string): readonly SubmissionRecord[];
  addGrading(grading: NewGrading): GradingRecord;
  /** The latest grading at a submission; the latest with this key where one is given. */
  grading(submission: number, gradeKey?: string): GradingRecord | undefined;
  gradings(submission: number): readonly GradingRecord[];
  /** Keys of all gradings that were gradable, by submission: what a resumed run need not do again. */
  gradeKeys(lab: string): ReadonlyMap<number, readonly string[]>;
  /** Any report with this key, whoever's it is: equal keys have equal grades. */
  reportOf(gradeKey: string): SubmissionReport | undefined;
  /** Keeps a report for `reportOf` without giving it to anyone. One that is not gradable is not kept. */
  remember(gradeKey: string, report: SubmissionReport): void;
  override(record: Omit<OverrideRecord, 'at'>): void;
  overrides(lab: string): readonly OverrideRecord[];
  /** @throws GraderError `gradebook/stale` when someone else has changed it since. */
  putManual(edit: ManualEdit): ManualRecord;
  /** The latest revision of each student's question. */
  manual(lab: string, student?: string): readonly ManualRecord[];
  /** Writes down what students may see from now on; returns its number. */
  publish(grades: LabGrades, by: string): number;
  published(lab: string): LabGrades | undefined;
  /** Append-only log of what people and programs did. */
  log(action: string, detail: unknown): void;
  history(): readonly LogRecord[];
  close(): void;
}
