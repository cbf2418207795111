import type { Tolerance } from './compare.ts';

/**
 * Wrong values that stand for a known mistake, each with the hint that mends it. A hint is told where its mistake gives what came in every
 * failed comparison of the same thing in the same part, hidden ones included.
 */
export type KnownMistakes = readonly (readonly [wrong: unknown, hint: string])[];

/** What a report says of a comparison. */
export interface CompareOptions {
  /** What was asked, in words; by default the last call, as it was made. */
  readonly asked?: string;
  /** Answers that come of mistakes we know, each with its hint. */
  readonly known?: KnownMistakes;
  /** Shown when the answer is wrong in a way that nobody foresaw. */
  readonly hint?: string;
}

/** A comparison, and how near is near enough. */
export interface CloseOptions extends CompareOptions {
  /** A number is relative; by default relative 1e-5 and absolute 1e-6. */
  readonly tolerance?: number | Partial<Tolerance>;
}

/** Options of `number`. */
export interface NumberOptions extends CloseOptions {
  /** Whether a number satisfies the question, where more than one does. */
  readonly accepts?: (got: number) => boolean;
}
