/** How a question ended. The last eight are told by a grader; in a notebook only the first three occur. */
export type QuestionState =
  | 'passed'
  | 'partial'
  | 'failed'
  | 'compile error'
  | 'timeout'
  | 'memory'
  | 'output limit'
  | 'crashed'
  | 'not run'
  | 'not gradable'
  | 'needs manual';

/** Why an item failed. Stable text, so that reports can be counted and compared. */
export type Reason =
  | 'right'
  | 'wrong'
  | 'known mistake'
  | 'wrong kind'
  | 'missing'
  | 'not a function'
  | 'threw'
  | 'not a value'
  | 'refused'
  | 'staff'
  | 'stopped'
  | 'check error';

/** Two small arrays side by side, row by row; null where a number is not finite. */
export interface Contrast {
  readonly shape: readonly number[];
  readonly expected: readonly (number | null)[];
  readonly got: readonly (number | null)[];
}

/** One thing that was checked. Hidden items carry the author's words only: `asked`, `hint`, never a value of the run. */
export interface CheckItem {
  /** Stable within the question: `part.number`. */
  readonly id: string;
  readonly asked: string;
  readonly passed: boolean;
  readonly hidden: boolean;
  readonly reason: Reason;
  readonly expected?: string;
  readonly got?: string;
  readonly where?: string;
  readonly hint?: string;
  /** The arrays behind `expected` and `got`, where they are small. */
  readonly arrays?: Contrast;
}

/** A part of a question with points of its own: all of its items pass, or it earns nothing. */
export interface PartReport {
  readonly id: string;
  readonly points: number;
  readonly passed: boolean;
}

/** What came of one question: plain data, the same in the notebook, the terminal and the gradebook. */
export interface CheckReport {
  readonly question: string;
  readonly title: string;
  readonly points: number;
  /** Points that this question may add beside `points`; `score` counts them, totals of points do not. */
  readonly bonus?: number;
  readonly score: number;
  readonly state: QuestionState;
  readonly parts: readonly PartReport[];
  readonly items: readonly CheckItem[];
  /** Names of earlier answers that the library gave in place of the student's. */
  readonly staff: readonly string[];
  /** Whether inputs of hidden cases have reached the student's code; a grader says so. */
  readonly exposed?: boolean;
}

/** What came of a whole lab. */
export interface LabReport {
  readonly lab: string;
  readonly points: number;
  readonly score: number;
  readonly questions: readonly CheckReport[];
}

/** Adds reports up. */
export function labReport(lab: string, questions: readonly CheckReport[]): LabReport {
  const sum = (of: (report: CheckReport) => number): number => questions.reduce((total, report) => total + of(report), 0);
  return { lab, points: sum(q => q.points), score: sum(q => q.score), questions };
}
