import type { Anomaly } from '../base/anomaly.ts';

/** A student of the course's roster, or a name that a submission came with. */
export interface StudentRecord {
  /** Short name, used for folders and in every table: `[A-Za-z0-9][A-Za-z0-9._@+-]*`. */
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly section?: string;
  /** What other systems call this student: `canvas`, `sis`, `login`, `moodle`, `blackboard`, `gradescope`. */
  readonly ids?: Readonly<Record<string, string>>;
}

/** One hand-in of a student, as it is graded: a read-only copy of its files, kept for good. */
export interface SubmissionRecord {
  readonly id: number;
  readonly lab: string;
  readonly student: string;
  /** Folder with LAB.ipynb and `deliverables/`. */
  readonly folder: string;
  /** sha256 over the names and bytes of the files. */
  readonly digest: string;
  /** ISO 8601 with an offset, such as `2026-11-22T23:59:00Z`. */
  readonly submittedAt: string;
  /** Where it came from: `folder`, `zip`, `canvas`, `moodle`, `gradescope`, `nbgrader`, with the file's name. */
  readonly source: string;
  /** Version of the lab that the notebook was made with, where it says so. */
  readonly labVersion?: string;
  /** Files that were refused, and other things a person should know. */
  readonly anomalies: readonly Anomaly[];
}

/** What is known of a submission before it has a number. */
export type NewSubmission = Omit<SubmissionRecord, 'id'>;
