import type { NewSubmission, StudentRecord, SubmissionRecord } from '../../collect/records.ts';
import type { SubmissionReport } from '../../run/submission-report.ts';
import type { GradingRecord, LabFacts, LabGrades, LogRecord, ManualRecord, OverrideRecord } from '../records.ts';

/** What is known of a finished grading, before it has a number. */
export type NewGrading = Omit<GradingRecord, 'id'>;

/** A manual grade that someone wants to write: `revision` is the one that it was made from, 0 for the first. */
export type ManualEdit = Omit<ManualRecord, 'at'>;

/**
 * The only door to what is kept of a course. Every write is all or nothing and durable: once its promise is fulfilled, neither `kill -9` nor a
 * power cut loses it. Submissions, gradings, overrides, manual grades, publications and the log are only ever added. Several processes may have
 * the same course open. Texts are kept as they are, and sorted by their UTF-8 bytes. `test/contract/store.ts` asks all of it of any store.
 */
export interface Store {
  /** Sorted by id. */
  students(): Promise<readonly StudentRecord[]>;
  /** Adds students, or replaces those of the same id. */
  putStudents(students: readonly StudentRecord[]): Promise<void>;
  /** What the lab last asked, once something has loaded its checks. */
  lab(lab: string): Promise<LabFacts | undefined>;
  putLab(facts: LabFacts): Promise<void>;
  /** Adds a submission; the same student with the same digest and time is the same submission, and stays as it was first written. */
  addSubmission(submission: NewSubmission): Promise<SubmissionRecord>;
  /** Sorted by student, then in the order in which they came. */
  submissions(lab: string, student?: string): Promise<readonly SubmissionRecord[]>;
  /** Adds a grading; its number is greater than every one before. */
  addGrading(grading: NewGrading): Promise<GradingRecord>;
  /** The latest grading of a submission; the latest with this key where one is given. */
  grading(submission: number, gradeKey?: string): Promise<GradingRecord | undefined>;
  /** All gradings of a submission, the oldest first. */
  gradings(submission: number): Promise<readonly GradingRecord[]>;
  /** Keys of all gradings that were gradable, by submission, the oldest first: what a resumed run need not do again. */
  gradeKeys(lab: string): Promise<ReadonlyMap<number, readonly string[]>>;
  /** The first report with this key, whoever's it is: equal keys have equal grades. */
  reportOf(gradeKey: string): Promise<SubmissionReport | undefined>;
  /** Keeps a report for `reportOf` without giving it to anyone. One that is not gradable is not kept. */
  remember(gradeKey: string, report: SubmissionReport): Promise<void>;
  override(record: Omit<OverrideRecord, 'at'>): Promise<void>;
  /** The oldest first. */
  overrides(lab: string): Promise<readonly OverrideRecord[]>;
  /** @throws GraderError `gradebook/stale` when someone else has changed it since. */
  putManual(edit: ManualEdit): Promise<ManualRecord>;
  /** The latest revision of each student's question, sorted by both. */
  manual(lab: string, student?: string): Promise<readonly ManualRecord[]>;
  /** Writes down what students may see from now on; returns its number. */
  publish(grades: LabGrades, by: string): Promise<number>;
  published(lab: string): Promise<LabGrades | undefined>;
  /** What people and programs did. */
  log(action: string, detail: unknown): Promise<void>;
  /** The log, the oldest first. */
  history(): Promise<readonly LogRecord[]>;
  /**
   * Does several things as one: all that `work` writes through the store that it is given is kept when its promise is fulfilled, and nothing of
   * it when it is rejected. Nothing else of this process or another is written meanwhile, and whatever this store is asked besides waits; so
   * `work` uses the store that it is given, only until it ends, and is short.
   */
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** Makes a whole copy, in place of the one before. */
  backup(): Promise<void>;
  /** Waits for what was asked before. */
  close(): Promise<void>;
}
