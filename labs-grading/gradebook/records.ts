import type { CheckItem, QuestionState } from 'tinylab';
import type { StudentRecord, SubmissionRecord } from '../collect/records.ts';
import type { SubmissionReport } from '../run/submission-report.ts';

/** What a lab asks: what its checks say, then the questions that only people grade. */
export interface LabFacts {
  readonly lab: string;
  readonly title: string;
  /** Hash of everything of the lab that decides a grade. */
  readonly version: string;
  readonly questions: readonly LabQuestion[];
  /** Names of the tools that its questions need; absent where they need none. */
  readonly tools?: readonly string[];
}

export interface LabQuestion {
  readonly question: string;
  readonly title: string;
  readonly points: number;
  /** True where no check asks: people grade it. */
  readonly manual: boolean;
}

/** One line of what people and programs did. */
export interface LogRecord {
  readonly at: string;
  readonly action: string;
  readonly detail: unknown;
}

/** One grading of one submission. Gradings are only ever added. */
export interface GradingRecord {
  readonly id: number;
  readonly submission: number;
  /** Hash of everything that decides the grade; equal keys have equal grades. */
  readonly gradeKey: string;
  readonly finishedAt: string;
  readonly wallMs: number;
  readonly report: SubmissionReport;
}

/** A person's change of one score, with the reason. The latest one counts; earlier ones are kept. */
export interface OverrideRecord {
  readonly lab: string;
  readonly student: string;
  readonly question: string;
  /** undefined takes the override back. */
  readonly score: number | undefined;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** What graders chose for one answer to a question that people grade. */
export interface ManualRecord {
  readonly lab: string;
  readonly student: string;
  readonly question: string;
  readonly grader: string;
  /** Ids of the rubric's items that apply. */
  readonly items: readonly string[];
  /** Points beside the rubric, may be negative. */
  readonly adjustment: number;
  readonly comment: string;
  /** Grows with every change; a change made to an older revision is refused. */
  readonly revision: number;
  readonly at: string;
}

/** One question of one student, everything taken together. */
export interface QuestionGrade {
  readonly question: string;
  readonly title: string;
  readonly maximum: number;
  /** What counts, after manual scores, overrides and policies. */
  readonly score: number;
  readonly state: QuestionState;
  /** What the checks gave; undefined for a question that only people grade. */
  readonly automatic?: number;
  readonly items: readonly CheckItem[];
  /** Names that the library answered for. */
  readonly staff: readonly string[];
  readonly manual?: ManualRecord;
  readonly override?: OverrideRecord;
  /** Why the score is not simply what the checks gave: a policy such as `full marks for everyone`. */
  readonly policy?: string;
}

/** One student of one lab: what every report and export is made from. */
export interface StudentGrade {
  readonly student: StudentRecord;
  /** The submission that counts; undefined where none came. */
  readonly submission?: SubmissionRecord;
  readonly grading?: GradingRecord;
  /** How many submissions there are. */
  readonly submissions: number;
  readonly questions: readonly QuestionGrade[];
  /** Sum of the questions. */
  readonly raw: number;
  /** Points taken off for lateness, at least 0. */
  readonly latePenalty: number;
  readonly lateReason?: string;
  /** raw - latePenalty, at least 0. */
  readonly score: number;
  readonly maximum: number;
}

/** One lab with all its students, sorted by student id. Pure data: reports and exports are functions of it. */
export interface LabGrades {
  readonly lab: string;
  readonly title: string;
  readonly version: string;
  /** ISO 8601; undefined without a due date. */
  readonly due?: string;
  readonly questions: readonly { readonly question: string; readonly title: string; readonly points: number }[];
  readonly students: readonly StudentGrade[];
}
