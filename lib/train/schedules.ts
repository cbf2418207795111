import { LabError } from '../tensor/errors.ts';
import { roundedShare, shareOf } from '../tensor/share.ts';

/** The learning rate of update number `step` (from 0) of a run of `steps` updates. */
export type Schedule = (step: number, steps: number) => number;

const ramp = (from: number, to: number, t: number): number =>
  to + 0.5 * (from - to) * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, t))));

/**
 * The same rate throughout.
 * @throws LabError `train/schedule` unless the rate is a finite number above 0.
 */
export function constantSchedule(rate: number): Schedule {
  positive('rate', rate);
  return () => rate;
}

/**
 * Half a cosine from `peak` down to `floor`: floor + ½ (peak - floor)(1 + cos(π step / steps)). Loshchilov and Hutter 2017, equation 5.
 * @throws LabError `train/schedule` for a peak that is no number above 0.
 */
export function cosineSchedule(peak: number, options: { readonly floor?: number } = {}): Schedule {
  positive('peak', peak);
  return (step, steps) => ramp(peak, options.floor ?? 0, step / steps);
}

/**
 * Multiplies the rate by `factor` at each of the given fractions (0–1) of the run.
 * @throws LabError `train/schedule` for a rate that is no number above 0 or a fraction outside 0–1.
 */
export function stepSchedule(rate: number, options: { readonly at: readonly number[]; readonly factor?: number }): Schedule {
  positive('rate', rate);
  for (const at of options.at) fraction('at', at);
  const { at, factor = 0.1 } = options;
  return (step, steps) => rate * factor ** at.filter(a => step >= shareOf(a, steps)).length;
}

/**
 * Rises in a straight line to the schedule's first rate during the first `fraction` of the run (the first update gets one step's share), then
 * follows the schedule, stretched over the rest.
 * @throws LabError `train/schedule` for a fraction outside 0–1.
 */
export function warmUp(schedule: Schedule, options: { readonly fraction: number }): Schedule {
  fraction('fraction', options.fraction);
  return (step, steps) => {
    const warm = roundedShare(options.fraction, steps);
    const rest = Math.max(1, steps - warm);
    return step < warm ? (schedule(0, rest) * (step + 1)) / warm : schedule(step - warm, rest);
  };
}

/**
 * One cycle: half a cosine up from peak / 25 to `peak` during the first `warm` of the run, then half a cosine down to peak / 10,000.
 * Smith and Topin 2018, with the cosines that fast.ai brought.
 * @throws LabError `train/schedule` for a peak that is no number above 0 or a fraction outside 0–1.
 */
export function oneCycleSchedule(peak: number, options: { readonly warm?: number } = {}): Schedule {
  const { warm = 0.25 } = options;
  positive('peak', peak);
  fraction('warm', warm);
  return (step, steps) => {
    const top = warm * (steps - 1);
    return step < top ? ramp(peak / 25, peak, step / top) : ramp(peak, peak / 10_000, (step - top) / Math.max(1, steps - 1 - top));
  };
}

function positive(what: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new LabError(
    'train/schedule',
    `${what} must be a number above 0; got ${value}.`,
    'Learning rates lie between 1e-5 and 1 in practice.',
  );
}

function fraction(what: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new LabError('train/schedule', `${what} must be a fraction of the run, 0–1; got ${value}.`, 'Half of the run is 0.5.');
}
