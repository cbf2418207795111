import { checkHooks } from '../../check/hooks.ts';
import { predict as outputsOf } from '../../model/forward.ts';
import type { Model } from '../../model/model.ts';
import type { NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { displaySymbol, type MimeBundle } from '../../tensor/host.ts';
import type { Displayable } from '../live.ts';
import { linesBundle, urgent, words } from './card.ts';
import { assertGuessId, type Kept, keepFirst } from './store.ts';
import { checkedGuess, type Guess, type OpenGuess, sameGuess } from './value.ts';

/** What came of a guess; a notebook shows it as a card. */
export interface Prediction extends Displayable {
  /** The name of the guess. */
  readonly id: string;
  /** The guess that holds: the first one. Undefined as long as there is none. */
  readonly value: Guess | undefined;
  /** Whether another guess came before, so that this one was not stored. */
  readonly locked: boolean;
  /** Why the guess is not on the disk: `guess/folder` when it could not be written, `guess/file` when another file lies in its place. */
  readonly problem: LabError | undefined;
}

/**
 * Stores a guess once, in `predictions/ID.json` beside the notebook: the first counts, another one is answered with the first. `reveal` shows
 * it beside what came. `'?'` means that nothing was guessed yet. A disk that cannot be written to stops nothing: the card tells. Never graded:
 * the grader stores nothing. To start again, delete the file.
 * @example
 * await predict('speed-up', '?'); // a number in place of '?'
 * reveal('speed-up', 3.2);
 * @throws LabError `guess/id` for a name that is none, `guess/value` for NaN, a tensor, a function, a promise and the like.
 */
export function predict(id: string, guess: OpenGuess): Promise<Prediction>;
/**
 * The model's output for every sample, computed in batches: x [n, ...input shape] → float32 [n, ...output shape]; uint8 images are scaled
 * by 1/255, unless the input's dtype is int32. A model with several inputs takes an array for each, by the input's id.
 * @throws LabError `shape/mismatch` when x does not fit the model, `model/input` for arrays that are missing or too many, `model/batch-size`,
 * `model/whole` for an int32 input that gets other numbers.
 * @example
 * const model = mlp({ input: [28, 28, 1], hidden: [16], classes: 10 });
 * predict(model, zeros([5, 28, 28, 1], 'uint8')).shape; // → [5, 10]
 */
export function predict(model: Model, x: NDArray | Readonly<Record<string, NDArray>>, options?: { readonly batchSize?: number }): NDArray;
/** A guess, or the output of a model: what comes first says which. */
export function predict(first: string | Model, second: unknown, options?: { readonly batchSize?: number }): Promise<Prediction> | NDArray {
  if (typeof first === 'string') return stored(first, second);
  // Neither a model nor a name: what is meant is told best by what a name may be.
  if (typeof first !== 'object' || first === null) assertGuessId(first);
  return outputsOf(first, second as NDArray, options);
}

/** Asynchronous, so that an error reaches whoever waits; the guess is stored before this returns. */
async function stored(id: string, given: unknown): Promise<Prediction> {
  if (checkHooks()) return graded(id, given);
  assertGuessId(id);
  const guess = checkedGuess(id, given);
  if (guess === undefined) return prediction({ id, value: undefined }, () => linesBundle(words.open(id)));
  const kept = keptOrTold(id, guess);
  if (kept instanceof LabError) return prediction({ id, value: undefined, problem: kept }, told(kept));
  const { guess: value, problem } = kept;
  const locked = !sameGuess(value, guess);
  if (locked) return prediction({ id, value, locked, problem }, urgent(words.locked(id, value, { other: guess, written: !problem })));
  return prediction({ id, value, problem }, problem ? told(problem) : () => linesBundle(words.kept(value)));
}

function keptOrTold(id: string, guess: Guess): Kept | LabError {
  try {
    return keepFirst(id, guess);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
}

const told = ({ message, hint, code }: LabError): (() => MimeBundle) => urgent([`${message} [${code}]`, hint]);

/** Where answers are graded a guess is nobody's business: nothing is stored, nothing refused. */
function graded(id: string, given: unknown): Prediction {
  let value: Guess | undefined;
  try {
    value = checkedGuess(id, given);
  } catch {
    // the notebook has told its student
  }
  return prediction({ id, value }, () => linesBundle(words.kept(value)));
}

function prediction(facts: Pick<Prediction, 'id' | 'value'> & Partial<Prediction>, show: () => MimeBundle): Prediction {
  const shown = { locked: false, problem: undefined, ...facts };
  return Object.freeze(Object.defineProperty(shown, displaySymbol, { value: show })) as Prediction;
}
