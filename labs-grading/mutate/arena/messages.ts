/** A code cell as it runs. */
export interface CodeToRun {
  /** Grade id, or its number from 1. */
  readonly name: string;
  readonly source: string;
}

/** The question that an arena is opened for. */
export interface ToOpen {
  /** Path of checks.ts. */
  readonly checks: string;
  /** Path of hidden.ts, where there is one. */
  readonly hidden?: string;
  readonly question: string;
  /** What must have run before the question can be asked; the answer cell comes last. */
  readonly cells: readonly CodeToRun[];
  /** Folder in which the notebook runs. */
  readonly folder: string;
  /** Seed with which answers are marked. */
  readonly seed: number;
  /** How many further seeds tell whether an answer behaves as the lab's own. */
  readonly seeds: number;
}

/** What the question's own checks do with the lab's answer. */
export interface Opened {
  /** True where the checks call the student's functions: answers are then compared. False where the outcome is all there is to compare. */
  readonly calls: boolean;
  /** Values that were asked for on the further seeds. */
  readonly asked: number;
  /** Milliseconds that the lab's own answer took over all that was asked. */
  readonly askedMs: number;
}

/** What came of one answer. */
export interface Verdict {
  /**
   * `no program`: the type checker refuses it; `same`: it answers as the lab's own does; `caught`: it loses points; `passed`: it answers
   * otherwise and has full marks all the same.
   */
  readonly state: 'no program' | 'same' | 'caught' | 'passed';
  /** How it was caught. */
  readonly by?: 'check' | 'error' | 'time' | 'crash';
  /** The hint that names the mistake, where one does. */
  readonly hint?: string;
  /** Where it was refused, what was asked, expected and got. */
  readonly why?: string;
}

export type ToArena =
  | { readonly type: 'open'; readonly about: ToOpen }
  /** Mark an answer that is meant to be wrong. */
  | { readonly type: 'wrong'; readonly answer: string }
  /** Mark an answer that is meant to be right, with each of these seeds. */
  | { readonly type: 'right'; readonly answer: string; readonly seeds: readonly number[] };

export type FromArena =
  | ({ readonly type: 'opened' } & Opened)
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  /** Our own fault. */
  | { readonly type: 'broken'; readonly message: string };
