import type { CheckReport, QuestionState } from 'tinylab';
import type { HandInState } from '../../base/anomaly.ts';
import type { RubricQuestion } from '../../lab/rubric.ts';
import type { LabQuestion, ManualRecord, OverrideRecord, QuestionGrade } from '../records.ts';
import { manualScore } from './manual-score.ts';

/** Everything that is known about one question of one student. */
export interface QuestionEvidence {
  readonly handedIn: boolean;
  readonly report?: CheckReport;
  /** The report is of another version of the lab: what it gave counts only where a person or a rule of the course says so. */
  readonly stale?: boolean;
  readonly manual?: ManualRecord;
  readonly rubric?: RubricQuestion;
  /** The latest; one that was taken back counts as none. */
  readonly override?: OverrideRecord;
  readonly fullMarks: boolean;
  /** Why nothing of the hand-in could be asked. */
  readonly handIn?: HandInState;
}

const stateOf = (score: number, maximum: number): QuestionState => (score >= maximum ? 'passed' : score > 0 ? 'partial' : 'failed');

/**
 * Takes a question's evidence together. A person's override comes before all else, then full marks for everyone who handed something in,
 * then what graders ticked, then what the checks gave.
 */
export function questionGrade(asked: LabQuestion, evidence: QuestionEvidence): QuestionGrade {
  const { report, manual, override, fullMarks, handedIn } = evidence;
  const maximum = asked.points;
  const automatic = asked.manual ? undefined : (report?.score ?? 0);
  const facts = { question: asked.question, title: asked.title, maximum, items: report?.items ?? [], staff: report?.staff ?? [] };
  const known = { ...facts, ...(automatic !== undefined && { automatic }), ...(manual && { manual }) };
  if (override?.score !== undefined) return { ...known, score: override.score, state: stateOf(override.score, maximum), override };
  if (fullMarks && handedIn) return { ...known, score: maximum, state: 'passed', policy: 'full marks for everyone' };
  if (evidence.stale) return { ...known, score: automatic ?? 0, state: 'stale' };
  if (manual) {
    const score = manualScore(evidence.rubric, manual, { maximum, ...(automatic !== undefined && { automatic }) });
    return { ...known, score, state: stateOf(score, maximum) };
  }
  if (evidence.handIn) return { ...known, score: 0, state: evidence.handIn };
  if (asked.manual) return { ...known, score: 0, state: handedIn ? 'needs manual' : 'not run' };
  return { ...known, score: automatic ?? 0, state: report?.state ?? 'not run' };
}

/** Questions after some were dropped: those count nothing, and the points of the others grow so that the lab's maximum stays. */
export function rescaled(questions: readonly QuestionGrade[], dropped: ReadonlySet<string>): QuestionGrade[] {
  const factor = dropFactor(
    questions.map(({ question, maximum }) => ({ question, points: maximum })),
    dropped,
  );
  if (factor === 1) return [...questions];
  const policy = `points × ${round(factor)}: ${[...dropped].join(', ')} dropped`;
  return questions.map(grade =>
    dropped.has(grade.question)
      ? { ...grade, score: 0, maximum: 0, policy: 'dropped' }
      : { ...grade, score: round(grade.score * factor), maximum: round(grade.maximum * factor), policy: grade.policy ?? policy },
  );
}

/** What the points of the other questions grow by when some are dropped. */
export function dropFactor(questions: readonly { question: string; points: number }[], dropped: ReadonlySet<string>): number {
  const sum = (of: typeof questions): number => of.reduce((total, { points }) => total + points, 0);
  const kept = sum(questions.filter(({ question }) => !dropped.has(question)));
  return kept === 0 ? 1 : sum(questions) / kept;
}

/** Rounding takes away what binary fractions add. */
export const round = (points: number): number => Math.round(points * 1e6) / 1e6;
