/** A wrong answer that a student may well give, and what must come of it. `labs/NN/mutants.ts` exports a list of them as its default. */
export interface Mutant {
  /** The question whose answer cell is replaced, and which must catch it. */
  readonly question: string;
  /** Names the mistake, unique within the question. */
  readonly name: string;
  /** Source of the whole answer cell. */
  readonly answer: string;
  /** Text that the hint of a failed item must contain. */
  readonly hint: string;
}
