import type { GradedLab } from '../../lab/labs.ts';
import type { QuestionFacts } from '../../run/checker-messages.ts';
import type { Limits } from '../../run/limits.ts';
import type { SubmissionReport } from '../../run/submission-report.ts';

/** What a worker grades: a submission's folder. */
export interface Job {
  readonly folder: string;
  readonly seed: number;
  readonly full: boolean;
  /** Ask these questions only. */
  readonly only?: readonly string[];
}

/** What the supervisor tells a worker. Both are ours and of the same source, so messages are not checked. */
export type ToWorker =
  | { readonly type: 'open'; readonly lab: GradedLab; readonly limits: Partial<Limits>; readonly slot: number }
  | ({ readonly type: 'grade' } & Job)
  /** Asks for the key of what was answered in a submission's folder; needs no `open` before. */
  | { readonly type: 'key'; readonly lab: GradedLab; readonly folder: string }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'opened'; readonly questions: readonly QuestionFacts[] }
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'graded'; readonly report: SubmissionReport }
  | { readonly type: 'broken'; readonly message: string };
