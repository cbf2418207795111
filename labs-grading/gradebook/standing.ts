import type { QuestionState } from 'tinylab';
import type { SubmissionReport } from '../run/submission-report.ts';
import type { LabFacts, LabQuestion, QuestionGrade, StudentGrade } from './records.ts';

/** States of a question that is no score yet, the one that decides first; each with what a person reads of the whole submission. */
const waiting = {
  unreadable: 'unreadable: a person has to look at it',
  'another lab': 'another lab was handed in',
  stale: 'graded with another version of the lab',
  'not gradable': 'not gradable, our fault',
  'tool missing': 'needs a tool that this machine lacks',
  'needs manual': 'waits for a person',
} as const satisfies Partial<Record<QuestionState, string>>;

type Waiting = keyof typeof waiting;

/** Where a student stands with a lab. Only `graded` has a score that may be told, and `nothing handed in` where the course says 0. */
export type Standing = 'nothing handed in' | 'not graded' | Waiting | 'graded';

/** Whether a question has no score yet: not a 0, whatever its `score` says. A question that was dropped waits for nobody. */
export const isWaiting = ({ state, policy }: Pick<QuestionGrade, 'state' | 'policy'>): boolean => state in waiting && policy !== 'dropped';

/** Where a student stands: a question that waits decides for all of them, in the order of the table above. */
export function standingOf({ submission, grading, questions }: StudentGrade): Standing {
  if (!submission) return 'nothing handed in';
  if (!grading) return 'not graded';
  const open = new Set(questions.filter(isWaiting).map(({ state }) => state));
  return (Object.keys(waiting) as Waiting[]).find(state => open.has(state)) ?? 'graded';
}

/** A standing as a person reads it. */
export const standingText = (standing: Standing): string =>
  standing in waiting ? waiting[standing as Waiting] : standing === 'not graded' ? 'not graded yet' : standing;

/** Whether a score may be told: what waits for a grader, a person or a program, is no 0. */
export const isSettled = (grade: StudentGrade): boolean => ['graded', 'nothing handed in'].includes(standingOf(grade));

/** Whether there is a sum at all: of the parts that are settled, where others wait. */
export const hasSum = (grade: StudentGrade): boolean => !['not graded', 'stale', 'unreadable', 'another lab'].includes(standingOf(grade));

/**
 * Whether a question was asked with another version of the lab than `facts` are of. A report that does not say with which is judged by what it
 * shows: the question is in it, for as many points.
 */
export function isStale({ version }: Pick<LabFacts, 'version'>, asked: LabQuestion, report: SubmissionReport): boolean {
  const found = report.questions.find(({ question }) => question === asked.question);
  const known = report.askedWith?.[asked.question];
  return known === undefined || version === '' ? found?.points !== asked.points : known !== version;
}
