import type { SubmissionRecord } from '../../collect/records.ts';
import type { GradedLab } from '../../lab/labs.ts';
import { isGradable, type SubmissionReport } from '../../run/submission-report.ts';
import type { Store } from '../store/contract.ts';
import { type Confirm, confirmName } from './confirm.ts';
import { isDone } from './grade-key.ts';
import type { Learned } from './learn.ts';

/** What a run is asked for. */
interface Asked {
  readonly book: Store;
  readonly lab: GradedLab;
  readonly submissions: readonly SubmissionRecord[];
  readonly again?: boolean;
  readonly question?: string;
  readonly confirm?: Confirm;
}

/** What a run would grade under. */
interface Under {
  readonly circumstances: string;
  /** Version of the lab. */
  readonly version: string;
  readonly tools: Learned['tools'];
}

/**
 * Those of the submissions that are not graded as they are asked for. On a machine that lacks a tool, what another one has asked whole, with
 * this version of the lab, stays too: asked again here it would lose a score and win nothing.
 */
export async function submissionsLeft(
  { book, lab, submissions, again = false, question, confirm }: Asked,
  { circumstances, version, tools }: Under,
): Promise<SubmissionRecord[]> {
  if (again || question !== undefined) return [...submissions];
  const keys = await book.gradeKeys(lab.id);
  const name = confirm && confirmName(confirm);
  const left = submissions.filter(({ id }) => !(keys.get(id) ?? []).some(key => isDone(key, circumstances, name)));
  if (!Object.values(tools).includes(null)) return left;
  const reports = await Promise.all(left.map(async ({ id }) => (await book.grading(id))?.report));
  return left.filter((_, i) => !wasAskedWhole(reports[i], version));
}

const wasAskedWhole = (report: SubmissionReport | undefined, version: string): boolean =>
  report !== undefined &&
  isGradable(report) &&
  report.questions.every(({ question, state }) => state !== 'tool missing' && report.askedWith?.[question] === version);
