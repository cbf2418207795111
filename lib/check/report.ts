/**
 * How a question ended. A notebook has the first three, `compile error`, `refused value` (the answer is of a form that the check could not take
 * apart), `tool missing` (the question needs a program that this machine lacks) and `not gradable`; the others are told by a grader. Of these,
 * `stale` was asked with another version of the lab than the one that counts, `unreadable` and `another lab` are of the whole notebook.
 */
export type QuestionState =
  | 'passed'
  | 'partial'
  | 'failed'
  | 'compile error'
  | 'timeout'
  | 'memory'
  | 'output limit'
  | 'refused value'
  | 'crashed'
  | 'not run'
  | 'unreadable'
  | 'another lab'
  | 'tool missing'
  | 'stale'
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
  | 'changed input'
  | 'refused'
  | 'staff'
  | 'refused value'
  | 'stopped'
  | 'check error';

/** Two small arrays side by side, row by row; null where a number is not finite. */
export interface Contrast {
  /** Shape of both. */
  readonly shape: readonly number[];
  /** Values expected, row-major. */
  readonly expected: readonly (number | null)[];
  /** Values that came, row-major. */
  readonly got: readonly (number | null)[];
}

/** One thing that was checked. Hidden items carry the author's words only: `asked`, `hint`, never a value of the run. */
export interface CheckItem {
  /** Stable within the question: `part.number`. */
  readonly id: string;
  /** What was asked, such as `macs(2, 3)`. */
  readonly asked: string;
  /** Whether it came out right. */
  readonly passed: boolean;
  /** Whether it is one of the cases that only the grader has. */
  readonly hidden: boolean;
  /** Why it failed. */
  readonly reason: Reason;
  /** What should have come. */
  readonly expected?: string;
  /** What came. */
  readonly got?: string;
  /** Where values differ, or where the code threw. */
  readonly where?: string;
  /** What to look at next. */
  readonly hint?: string;
  /**
   * `error` where the hint came with an error over the answer, `pattern` where it says what the answers have to do with the right ones: both may
   * repeat what an answer holds. Else it is the author's or the grader's.
   */
  readonly hintFrom?: 'error' | 'pattern';
  /** The arrays behind `expected` and `got`, where they are small. */
  readonly arrays?: Contrast;
}

/** A part of a question with points of its own: all of its items pass, or it earns nothing. */
export interface PartReport {
  /** Name of the part within the question. */
  readonly id: string;
  /** What it is worth. */
  readonly points: number;
  /** Whether all of its items passed. */
  readonly passed: boolean;
}

/** A program that a question needs and this machine lacks. */
export interface MissingTool {
  /** As the question names it. */
  readonly name: string;
  /** Why it is taken to be missing. */
  readonly why: string;
  /** How to get it. */
  readonly get: string;
}

/** What came of one question: plain data, the same in the notebook, the terminal and the gradebook. */
export interface CheckReport {
  /** Id of the question. */
  readonly question: string;
  /** What cards call it. */
  readonly title: string;
  /** What full marks are worth. */
  readonly points: number;
  /** Points that this question may add beside `points`; `score` counts them, totals of points do not. */
  readonly bonus?: number;
  /** Points earned. */
  readonly score: number;
  /** How the question ended. */
  readonly state: QuestionState;
  /** In the order of the question. */
  readonly parts: readonly PartReport[];
  /** In the order of the question. */
  readonly items: readonly CheckItem[];
  /** Names of earlier answers that the library gave in place of the student's. */
  readonly staff: readonly string[];
  /** With the state `tool missing`: what this machine lacks. Nothing was asked. */
  readonly missingTools?: readonly MissingTool[];
  /** Whether inputs of hidden cases have reached the student's code; a grader says so. */
  readonly exposed?: boolean;
}

/** What came of a whole lab. */
export interface LabReport {
  /** Name of the lab. */
  readonly lab: string;
  /** Points of all questions, without bonus. */
  readonly points: number;
  /** Points earned. */
  readonly score: number;
  /** In the order of the notebook. */
  readonly questions: readonly CheckReport[];
}

/** Adds reports up. */
export function labReport(lab: string, questions: readonly CheckReport[]): LabReport {
  const sum = (of: (report: CheckReport) => number): number => questions.reduce((total, report) => total + of(report), 0);
  return { lab, points: sum(q => q.points), score: sum(q => q.score), questions };
}
