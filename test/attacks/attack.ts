import type { Answers, QuestionId } from './lab.ts';
import type { NaiveOutcome } from './naive/outcome.ts';

/** Folders around a student's: what a link or an archive may aim at. */
export interface Place {
  /** The student's own. */
  readonly folder: string;
  /** The folder of a student who answered everything rightly. */
  readonly neighbour: string;
}

/** One hostile submission. Its answers are right except for what it attacks, so that every point it gets there is a gain. */
export interface Attack {
  /** Row of the table of attacks in the study of autograders. */
  readonly row: number;
  readonly name: string;
  readonly answers?: Answers;
  /** Text of the whole notebook, where answers alone do not say it. */
  readonly notebook?: string;
  /** Adds to the student's folder; the notebook and the right deliverables lie there already. */
  readonly files?: (place: Place) => void;
  /** What it goes for, by default `add`: it must earn nothing. */
  readonly target?: QuestionId;
  /** States in which the target may end. */
  readonly states: readonly string[];
  /** Points that the student keeps for the other questions, where the attack has not ruined them for itself. */
  readonly rest?: number;
  /** What a person is told of it, where it shows: `kind about detail`. */
  readonly anomaly?: RegExp;
  /** Another attack whose submission must come before this one. */
  readonly after?: string;
  /** Whether it fools or harms a grader without protection. */
  readonly works: (naive: NaiveOutcome) => boolean;
}
