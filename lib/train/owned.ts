import type { Model } from '../model/model.ts';
import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';

/** A parameter that a loss or a hook trains beside the model's own: a regressor's kernel, a step size, a network that plays against this one. */
export interface OwnedParameter {
  /** The value that training starts from, float32. */
  readonly value: NDArray;
  /** 1 = trained, 0 = exactly 0 throughout; of the value's shape. */
  readonly mask?: NDArray;
  /** Whether weight decay shrinks it; by default as for the model's own: kernels (two axes or more) do. */
  readonly decays?: boolean;
}

/** Owned parameters by name. */
export type OwnedParameters = Readonly<Record<string, OwnedParameter>>;

/**
 * Who has parameters of its own in a training run. One optimizer trains them with the model's; they are no part of the model that `fit` returns, and
 * only their owner sees them, so that a penalty on all kernels leaves another's regressor alone. To share one, both owners name the same object.
 */
export interface Owner {
  readonly owns?: OwnedParameters;
  /** Receives, once, what its own parameters are at the end, those of the best epoch under early stop; not after a run that fails. */
  afterTraining?(owned: Readonly<Record<string, NDArray>>): void;
}

/**
 * What several owners have together.
 * @throws LabError `train/owned` when two parameters have one name.
 */
export function ownedTogether(owners: readonly Owner[]): OwnedParameters {
  const all = new Map<string, OwnedParameter>();
  for (const [name, parameter] of owners.flatMap(({ owns }) => Object.entries(owns ?? {}))) {
    if ((all.get(name) ?? parameter) !== parameter) throw taken(name, 'another hook or loss');
    all.set(name, parameter);
  }
  return Object.fromEntries(all);
}

/**
 * Several owners as one: what they own together, and a last word that gives each what is its own.
 * @throws LabError `train/owned` when two parameters have one name.
 */
export function ownersTogether(owners: readonly Owner[]): Required<Owner> {
  const owns = ownedTogether(owners);
  return {
    owns,
    afterTraining(owned) {
      for (const owner of owners) owner.afterTraining?.(sightOf(owner, owns)(owned));
    },
  };
}

/**
 * Refuses owned parameters that a model has already.
 * @throws LabError `train/owned`.
 */
export function assertNotTaken(model: Model, owned: OwnedParameters): void {
  const name = Object.keys(owned).find(own => Object.hasOwn(model.parameters, own));
  if (name !== undefined) throw taken(name, `model ${model.name}`);
}

/** Leaves out of named values those that `owner` may not see: what is owned among `all`, and not by it. Gives back the same object when that is nothing. */
export function sightOf(
  { owns = {} }: Owner,
  all: OwnedParameters,
): <T>(named: Readonly<Record<string, T>>) => Readonly<Record<string, T>> {
  const hidden = new Set(Object.keys(all).filter(name => !Object.hasOwn(owns, name)));
  if (hidden.size === 0) return named => named;
  return named => Object.fromEntries(Object.entries(named).filter(([name]) => !hidden.has(name)));
}

function taken(name: string, by: string): LabError {
  return new LabError(
    'train/owned',
    `A loss or hook owns a parameter ${name}, and so does ${by}.`,
    'Start its name with that of the technique, such as hint.kernel.',
  );
}
