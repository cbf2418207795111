import type { CheckReport, LabReport, QuestionState } from 'tinylab';
import type { Anomaly, HandInState } from '../base/anomaly.ts';
import type { CellReport } from './cell-report.ts';
import type { QuestionFacts } from './checker-messages.ts';
import { noUse, type ResourceUse } from './resource-use.ts';

/** What grading one notebook found. */
export interface SubmissionReport extends LabReport {
  readonly cells: readonly CellReport[];
  readonly anomalies: readonly Anomaly[];
  /** CPU milliseconds of the sandboxes and of the type checker; never part of a grade. */
  readonly figures: ResourceUse;
  /** True where limits were only watched, not held by the kernel. */
  readonly degraded: boolean;
  /** The version of the lab that each question was asked with; absent in reports that were written before it was kept. */
  readonly askedWith?: Readonly<Record<string, string>>;
  /** Nothing could be asked: the hand-in cannot be read, or is of another lab. The anomaly of this kind says why. */
  readonly handIn?: HandInState;
  /** Our own fault, after retries: no question is gradable. */
  readonly notGradable?: string;
}

/** False where our own fault kept something from being graded. Such a report is tried again and never reused. */
export function isGradable({ notGradable, questions }: SubmissionReport): boolean {
  return notGradable === undefined && questions.every(({ state }) => state !== 'not gradable');
}

/** A question that no check looked at. */
export function unasked({ id, title, points }: QuestionFacts, state: QuestionState): CheckReport {
  return { question: id, title, points, score: 0, state, parts: [], items: [], staff: [] };
}

/** A question over whose answer the check itself came to an end, more than once: the answer's, since everybody else's is judged. */
export function unjudged(question: QuestionFacts): CheckReport {
  const got = 'a value over which the check came to no end, twice';
  const hint = 'Return what the question describes: the same fields, names, kinds and sizes of values.';
  const item = { id: 'case.1', asked: question.title, passed: false, hidden: false, reason: 'refused value', got, hint } as const;
  return { ...unasked(question, 'refused value'), items: [item], exposed: true };
}

/** The report of a submission of which nothing could run. */
export function unaskedReport(
  lab: string,
  questions: readonly Pick<QuestionFacts, 'id' | 'title' | 'points'>[],
  why: { readonly refused: string } | { readonly notGradable: string },
): SubmissionReport {
  const ours = 'notGradable' in why;
  const state = ours ? 'not gradable' : 'unreadable';
  return {
    lab,
    points: questions.reduce((sum, { points }) => sum + points, 0),
    score: 0,
    questions: questions.map(({ id, title, points }) => ({
      question: id,
      title,
      points,
      score: 0,
      state,
      parts: [],
      items: [],
      staff: [],
    })),
    cells: [],
    anomalies: ours ? [] : [{ kind: 'unreadable', about: '', detail: why.refused }],
    figures: noUse,
    degraded: false,
    ...(ours ? { notGradable: why.notGradable } : { handIn: 'unreadable' }),
  };
}
