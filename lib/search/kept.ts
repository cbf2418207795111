import type { Model } from '../model/model.ts';
import { roundedShare } from '../tensor/share.ts';
import type { Allocation } from './allocation.ts';
import { type ChoiceSpace, choices } from './choices.ts';

/** Units left, by name of the part. */
export type Kept = Readonly<Record<string, number>>;

/**
 * What pruning is searched over: the parts of one model that lose units (channels, weights), each a number of its own. It turns what is kept into a
 * model; as a `Space` for the searches that know no models it is `keptChoices`.
 */
export interface PruningSpace {
  /** The units that each part has now. */
  readonly units: Kept;
  /** The model with so many units left, 1 ≤ kept ≤ units; parts that are not named stay as they are. */
  keep(kept: Kept): Model;
}

/** The share of its units that each part loses, 0–1: what `pruneChannels` takes as `ratio`. */
export function ratiosOf({ units }: PruningSpace, kept: Kept): Allocation {
  return Object.fromEntries(Object.entries(units).map(([name, all]) => [name, 1 - (kept[name] ?? all) / all]));
}

/** How many units stay when each part loses this share: round(units · (1 - ratio)), at least 1. */
export function keptOf({ units }: PruningSpace, ratios: Allocation): Kept {
  return Object.fromEntries(Object.entries(units).map(([name, all]) => [name, Math.max(1, roundedShare(1 - (ratios[name] ?? 0), all))]));
}

/**
 * What may stay in each part, as a space for `randomSearch` or the evolutions: up to `levels` counts spread evenly over what the part may keep, from
 * round(units · (1 - maximum)), at least 1, to all of them.
 * @throws LabError `search/space` for a space without parts.
 */
export function keptChoices(
  { units }: PruningSpace,
  options: { readonly maximum?: number; readonly levels?: number } = {},
): ChoiceSpace<Readonly<Record<string, number>>> {
  const { maximum = 0.8, levels = 16 } = options;
  const countsOf = (all: number): number[] => {
    const least = Math.max(1, roundedShare(1 - maximum, all));
    const steps = Math.max(1, Math.min(levels - 1, all - least));
    return [...new Set(Array.from({ length: steps + 1 }, (_, i) => Math.round(least + ((all - least) * i) / steps)))];
  };
  return choices(Object.fromEntries(Object.entries(units).map(([name, all]) => [name, countsOf(all)])));
}
