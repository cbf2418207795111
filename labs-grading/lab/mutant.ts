/** A wrong answer that a student may well give, and what must come of it. */
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

/** A piece of the lab's own answer, whatever its line breaks, and what a student writes in its place. It stands there once. */
export type Change = readonly [piece: string, wrong: string];

/** A wrong answer told by what differs from the lab's own, so that no formula is written a second time. */
export type Slip = Omit<Mutant, 'answer'> & { readonly changes: readonly Change[] };

/** What `labs/NN/mutants.ts` exports a list of as its default: whole answers, or slips. */
export type KnownMistake = Mutant | Slip;

/** The same answer spelled in several ways. */
export const spelled = (question: string, ...answers: readonly string[]): OtherStyle[] =>
  answers.map((answer, i) => ({ question, name: `spelling ${i + 1}`, answer }));

/** Makes slips in the answer to one question. */
export function slipsIn(question: string): (name: string, hint: string, ...changes: readonly Change[]) => Slip {
  return (name, hint, ...changes) => ({ question, name, hint, changes });
}

/** A right answer in another style than the lab's own: what a student may write just as well, and no check may refuse. */
export interface OtherStyle {
  /** The question whose answer cell is replaced. */
  readonly question: string;
  /** What is different, unique within the question: `typed arrays`, `one expression`, `tensors`. */
  readonly name: string;
  /** Source of the whole answer cell. */
  readonly answer: string;
}
