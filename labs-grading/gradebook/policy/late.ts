/** When a late submission loses points, and how many. Ratios are 0–1; a day is 24 hours that have begun. */
export type LatePolicy = LateRule & {
  /** A submission at most this late is on time. After that, days count from the due time, not from the end of the grace. */
  readonly graceMinutes?: number;
  /** Nothing counts that is later than this many days, whatever late days are left. */
  readonly closesAfterDays?: number;
};

type LateRule =
  | { readonly kind: 'none' }
  /** Nothing late counts. */
  | { readonly kind: 'closed' }
  /** `ratio` of the score (or of the maximum) for each day begun, `atMost` of it in all. */
  | { readonly kind: 'ratio per day'; readonly ratio: number; readonly atMost?: number; readonly of?: 'score' | 'maximum' }
  /** `points` for each day begun, `atMost` points in all. */
  | { readonly kind: 'points per day'; readonly points: number; readonly atMost?: number };

/** Times are ISO 8601 with an offset. */
export interface LateFacts {
  readonly score: number;
  readonly maximum: number;
  /** undefined: never late. */
  readonly due: string | undefined;
  readonly submitted: string;
  /** This student's own due time; the later of the two counts. */
  readonly extension?: string;
  /** What is left of the student's late days; they are spent before points are. */
  readonly lateDaysLeft?: number;
}

export interface Lateness {
  /** Points to take off, between 0 and the score. */
  readonly penalty: number;
  /** For the student: why, or why not. */
  readonly reason: string;
  /** Days begun since the due time that counts; 0 is on time. */
  readonly daysLate: number;
  /** What this submission takes from the student's late days. */
  readonly lateDaysUsed: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * What lateness costs. Times are compared as instants and a day is 24 hours, so neither time zones nor the nights on which clocks change
 * make a difference. Exactly at the due time is on time. A score of 0 loses nothing and spends no late day.
 */
export function latePenalty(policy: LatePolicy, facts: LateFacts): Lateness {
  const { daysLate, why } = lateness(policy, facts);
  if (daysLate === 0) return { penalty: 0, reason: why, daysLate, lateDaysUsed: 0 };
  const { score, maximum, lateDaysLeft = 0 } = facts;
  const late = daysLate === 1 ? '1 day late' : `${daysLate} days late`;
  if (policy.closesAfterDays !== undefined && daysLate > policy.closesAfterDays)
    return { penalty: score, reason: `${late}: closed ${count(policy.closesAfterDays)} after it was due`, daysLate, lateDaysUsed: 0 };
  if (policy.kind === 'none' || score === 0)
    return { penalty: 0, reason: `${late}: ${score === 0 ? 'nothing to take off' : 'no penalty'}`, daysLate, lateDaysUsed: 0 };
  const lateDaysUsed = Math.min(daysLate, Math.max(0, Math.floor(lateDaysLeft)));
  const bank = lateDaysUsed === 0 ? '' : `, ${count(lateDaysUsed)} of them from the student’s late days`;
  const charge = charged(policy, { score, maximum, days: daysLate - lateDaysUsed });
  // Rounding removes what binary fractions add: three days at 0.1 are 0.3.
  const penalty = Math.min(score, Math.round(charge.points * 1e6) / 1e6);
  return { penalty, reason: `${late}${bank}: ${charge.why}`, daysLate, lateDaysUsed };
}

/** Days begun since the due time that counts for this student. */
function lateness({ graceMinutes = 0 }: LatePolicy, { due, submitted, extension }: LateFacts): { daysLate: number; why: string } {
  if (due === undefined) return { daysLate: 0, why: 'no due date' };
  const extended = extension !== undefined && instantOf(extension) > instantOf(due);
  const lateMs = instantOf(submitted) - instantOf(extended ? extension : due);
  const own = extended ? `, with an extension to ${extension}` : '';
  if (lateMs <= 0) return { daysLate: 0, why: `on time${own}` };
  if (lateMs <= graceMinutes * minute) return { daysLate: 0, why: `on time, within ${graceMinutes} minutes of grace${own}` };
  return { daysLate: Math.ceil(lateMs / day), why: '' };
}

function charged(
  rule: LateRule,
  { score, maximum, days }: { score: number; maximum: number; days: number },
): { points: number; why: string } {
  if (days === 0) return { points: 0, why: 'no penalty' };
  switch (rule.kind) {
    case 'none':
      return { points: 0, why: 'no penalty' };
    case 'closed':
      return { points: score, why: 'nothing counts after the due time' };
    case 'points per day': {
      const points = Math.min(days * rule.points, rule.atMost ?? Number.POSITIVE_INFINITY);
      return { points, why: `${rule.points} points a day${limit(rule.atMost, days * rule.points, ' points')}` };
    }
    case 'ratio per day': {
      const of = rule.of ?? 'score';
      const ratio = Math.min(days * rule.ratio, rule.atMost ?? 1);
      const capped = limit(rule.atMost === undefined ? undefined : percent(rule.atMost), percent(days * rule.ratio), ' %');
      return { points: ratio * (of === 'score' ? score : maximum), why: `${percent(rule.ratio)} % of the ${of} a day${capped}` };
    }
  }
}

const percent = (ratio: number): number => Math.round(ratio * 1e4) / 1e2;
const count = (days: number): string => (days === 1 ? '1 day' : `${days} days`);
const limit = (atMost: number | undefined, asked: number, unit: string): string =>
  atMost !== undefined && asked > atMost ? `, at most ${atMost}${unit}` : '';

/** Milliseconds since 1970 of a time with an offset. @throws RangeError for any other text: without an offset it is a different instant on every machine. */
export function instantOf(time: string): number {
  const parsed = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(parsed))
    throw new RangeError(`Expected a time with an offset, such as 2026-11-22T23:59:00+01:00, got ${JSON.stringify(time)}.`);
  return parsed;
}
