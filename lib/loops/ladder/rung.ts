/** A way to solve a problem: one idea more than the way before it. */
export interface LoopRung {
  readonly name: string;
  /** What is new, in a line. */
  readonly idea: string;
  /** The function, as students would write it. */
  readonly source: string;
}
