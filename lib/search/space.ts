import type { Model } from '../model/model.ts';
import type { Allocation } from './allocation.ts';

/** Units left, by name of the part. */
export type Kept = Readonly<Record<string, number>>;

/** What an allocation is searched over: the parts of one model that lose units (channels, weights), each a number of its own. */
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
  return Object.fromEntries(Object.entries(units).map(([name, all]) => [name, Math.max(1, Math.round(all * (1 - (ratios[name] ?? 0))))]));
}
