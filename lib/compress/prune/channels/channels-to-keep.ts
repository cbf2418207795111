import { LabError } from '../../../tensor/errors.ts';
import { roundedShare } from '../../../tensor/share.ts';

/**
 * How many of n channels stay when the share `ratio` goes: round(n · (1 - ratio)), halves up. `ratio` in [0, 1).
 * @throws LabError `prune/ratio` for a ratio outside [0, 1), `prune/no-channels` when none would stay.
 * @example
 * [8, 16, 32].map(n => channelsToKeep(n, 0.3)); // → [6, 11, 22]
 */
export function channelsToKeep(channels: number, ratio: number, where = 'A layer'): number {
  if (!(ratio >= 0 && ratio < 1))
    throw new LabError(
      'prune/ratio',
      `${where}: the ratio of channels to prune lies in [0, 1); got ${ratio}.`,
      '0.3 removes 30 % of the channels.',
    );
  const kept = roundedShare(1 - ratio, channels);
  if (kept >= 1) return kept;
  throw new LabError(
    'prune/no-channels',
    `${where}: a ratio of ${ratio} would leave none of ${channels} channels.`,
    `A ratio below ${(channels - 0.5) / channels} leaves one.`,
  );
}
