import type { RefusedStyle } from '../release/styles.ts';
import type { Verdict } from './arena/messages.ts';
import type { Made } from './make.ts';

/** A made answer with what came of it. */
export interface Marked extends Made {
  readonly verdict: Verdict;
}

/** Counts of answers that behave otherwise than the lab's own. */
export interface Counts {
  readonly total: number;
  /** Those that lose points. */
  readonly caught: number;
  /** Those that are told a hint which names the mistake. */
  readonly hinted: number;
}

/** A wrong answer that has full marks. */
export interface Survivor {
  readonly question: string;
  readonly operator: string;
  readonly diff: string;
}

/** How well a lab's checks tell wrong answers from right ones. */
export interface Figures extends Counts {
  readonly lab: string;
  /** Wrong answers with full marks. */
  readonly passed: readonly Survivor[];
  /** Survivors that a person has looked at and found acceptable, with the reason; not in `total`. */
  readonly accepted: readonly (Survivor & { readonly why: string })[];
  readonly byOperator: Readonly<Record<string, Counts>>;
  readonly byQuestion: Readonly<Record<string, Counts>>;
  /** Made answers that the type checker refuses, and those that answer as the lab's own does: neither is in `total`. */
  readonly noProgram: number;
  readonly same: number;
  /** Questions of which only the outcome can be compared, since no check calls a function: what has full marks counts as the same. */
  readonly byOutcome: readonly string[];
  /** Wrong answers that were caught without a hint, for those who write hints. */
  readonly unhinted: readonly (Survivor & { readonly why: string })[];
  /** Right answers in other styles, and those of them that are refused. */
  readonly styles: { readonly total: number; readonly refused: readonly RefusedStyle[] };
}

const changes = ({ verdict: { state } }: Marked): boolean => state === 'caught' || state === 'passed';

/** Sums up what came of the made answers. */
export function figuresOf(lab: string, marked: readonly Marked[], rest: Pick<Figures, 'accepted' | 'byOutcome' | 'styles'>): Figures {
  const counted = marked.filter(changes).filter(one => !rest.accepted.some(accepted => sameSurvivor(accepted, one)));
  const by = (key: (one: Marked) => string): Record<string, Counts> =>
    Object.fromEntries([...Map.groupBy(counted, key)].map(([name, some]) => [name, countsOf(some)]));
  return {
    lab,
    ...countsOf(counted),
    passed: counted.filter(({ verdict }) => verdict.state === 'passed').map(survivor),
    byOperator: by(({ operator }) => operator),
    byQuestion: by(({ question }) => question),
    noProgram: marked.filter(({ verdict }) => verdict.state === 'no program').length,
    same: marked.filter(({ verdict }) => verdict.state === 'same').length,
    unhinted: counted
      .filter(({ verdict }) => verdict.state === 'caught' && verdict.hint === undefined)
      .map(one => ({ ...survivor(one), why: one.verdict.why ?? one.verdict.by ?? '' })),
    ...rest,
  };
}

export const survivor = ({ question, operator, diff }: Survivor): Survivor => ({ question, operator, diff });

/** Whether two are the same change to the same answer. */
export const sameSurvivor = (a: Survivor, b: Survivor): boolean =>
  a.question === b.question && a.operator === b.operator && a.diff === b.diff;

const countsOf = (marked: readonly Marked[]): Counts => ({
  total: marked.length,
  caught: marked.filter(({ verdict }) => verdict.state === 'caught').length,
  hinted: marked.filter(({ verdict }) => verdict.state === 'caught' && verdict.hint !== undefined).length,
});

/** A share as people read it. */
export const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);
