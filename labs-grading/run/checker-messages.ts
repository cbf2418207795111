import type { CheckReport } from 'tinylab';
import type { SessionRequest } from './protocol.ts';

/** A question as the supervisor needs to know it. */
export interface QuestionFacts {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  readonly uses: readonly string[];
  /** Names of earlier answers that the answer calls. */
  readonly needs?: readonly string[];
  readonly withhold: readonly string[];
  /** Programs that it needs, each with its version, which is undefined where this machine lacks it. */
  readonly tools?: readonly { readonly name: string; readonly version?: string }[];
}

/** What the supervisor tells the checker. Both are trusted and come from the same source tree, so messages are not checked. */
export type ToChecker =
  | { readonly type: 'load'; readonly checks: string; readonly hidden?: string }
  | { readonly type: 'question'; readonly id: string; readonly seed: number; readonly hidden: boolean }
  | { readonly type: 'reply'; readonly reply: unknown }
  | { readonly type: 'callback'; readonly name: string; readonly args: readonly unknown[] };

/** What the checker says. At most one request is outstanding, so nothing needs a number. */
export type FromChecker =
  | { readonly type: 'loaded'; readonly lab: string; readonly questions: readonly QuestionFacts[]; readonly staff: readonly string[] }
  | { readonly type: 'broken'; readonly message: string }
  | { readonly type: 'request'; readonly request: SessionRequest }
  | { readonly type: 'deliverable'; readonly name: string }
  | { readonly type: 'predict'; readonly model: unknown; readonly inputs: unknown }
  | { readonly type: 'loop'; readonly request: unknown }
  | { readonly type: 'called'; readonly answer: unknown }
  | { readonly type: 'report'; readonly report: CheckReport };
