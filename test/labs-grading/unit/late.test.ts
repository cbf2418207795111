import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, type LateFacts, type LatePolicy, latePenalty } from '../../../labs-grading/gradebook/policy/late.ts';

const due = '2026-03-27T23:59:00Z';
const day = 86_400_000;
const after = (ms: number): string => new Date(Date.parse(due) + ms).toISOString();

const tenth: LatePolicy = { kind: 'ratio per day', ratio: 0.1, atMost: 0.5 };
const ofMaximum: LatePolicy = { kind: 'ratio per day', ratio: 0.1, of: 'maximum' };
const two: LatePolicy = { kind: 'points per day', points: 2, atMost: 5 };
const graced: LatePolicy = { ...tenth, graceMinutes: 15 };
const closing: LatePolicy = { ...tenth, closesAfterDays: 3 };

interface Case {
  readonly name: string;
  readonly policy: LatePolicy;
  readonly facts: Partial<LateFacts> & { readonly submitted: string };
  readonly penalty: number;
  readonly reason: string;
  readonly used?: number;
}

// Every case: score 8 of 10 unless it says otherwise.
const cases: readonly Case[] = [
  { name: 'a second early', policy: tenth, facts: { submitted: after(-1000) }, penalty: 0, reason: 'on time' },
  { name: 'exactly at due', policy: tenth, facts: { submitted: due }, penalty: 0, reason: 'on time' },
  { name: 'one ms late', policy: tenth, facts: { submitted: after(1) }, penalty: 0.8, reason: '1 day late: 10 % of the score a day' },
  { name: 'exactly one day', policy: tenth, facts: { submitted: after(day) }, penalty: 0.8, reason: '1 day late: 10 % of the score a day' },
  {
    name: 'a day and 1 ms',
    policy: tenth,
    facts: { submitted: after(day + 1) },
    penalty: 1.6,
    reason: '2 days late: 10 % of the score a day',
  },
  {
    name: 'three days: no dust of binary fractions',
    policy: tenth,
    facts: { submitted: after(3 * day) },
    penalty: 2.4,
    reason: '3 days late: 10 % of the score a day',
  },
  {
    name: 'cap',
    policy: tenth,
    facts: { submitted: after(9 * day) },
    penalty: 4,
    reason: '9 days late: 10 % of the score a day, at most 50 %',
  },
  {
    name: 'of the maximum',
    policy: ofMaximum,
    facts: { submitted: after(1) },
    penalty: 1,
    reason: '1 day late: 10 % of the maximum a day',
  },
  {
    name: 'never more than the score',
    policy: ofMaximum,
    facts: { score: 0.5, submitted: after(1) },
    penalty: 0.5,
    reason: '1 day late: 10 % of the maximum a day',
  },
  {
    name: 'ratio without a cap stops at all',
    policy: ofMaximum,
    facts: { submitted: after(30 * day) },
    penalty: 8,
    reason: '30 days late: 10 % of the maximum a day',
  },
  { name: 'points', policy: two, facts: { submitted: after(2 * day) }, penalty: 4, reason: '2 days late: 2 points a day' },
  {
    name: 'points, capped',
    policy: two,
    facts: { submitted: after(3 * day) },
    penalty: 5,
    reason: '3 days late: 2 points a day, at most 5 points',
  },
  { name: 'none', policy: { kind: 'none' }, facts: { submitted: after(5 * day) }, penalty: 0, reason: '5 days late: no penalty' },
  {
    name: 'closed',
    policy: { kind: 'closed' },
    facts: { submitted: after(1) },
    penalty: 8,
    reason: '1 day late: nothing counts after the due time',
  },
  { name: 'no due date', policy: tenth, facts: { due: undefined, submitted: after(day) }, penalty: 0, reason: 'no due date' },
  {
    name: 'last ms of grace',
    policy: graced,
    facts: { submitted: after(15 * 60_000) },
    penalty: 0,
    reason: 'on time, within 15 minutes of grace',
  },
  {
    name: 'past grace: days count from due',
    policy: graced,
    facts: { submitted: after(day + 15 * 60_000) },
    penalty: 1.6,
    reason: '2 days late: 10 % of the score a day',
  },
  {
    name: 'extension',
    policy: tenth,
    facts: { extension: after(2 * day), submitted: after(2 * day) },
    penalty: 0,
    reason: `on time, with an extension to ${after(2 * day)}`,
  },
  {
    name: 'late after the extension',
    policy: tenth,
    facts: { extension: after(2 * day), submitted: after(2 * day + 1) },
    penalty: 0.8,
    reason: '1 day late: 10 % of the score a day',
  },
  {
    name: 'an extension never shortens',
    policy: tenth,
    facts: { extension: after(-2 * day), submitted: due },
    penalty: 0,
    reason: 'on time',
  },
  {
    name: 'extension and grace',
    policy: graced,
    facts: { extension: after(day), submitted: after(day + 60_000) },
    penalty: 0,
    reason: `on time, within 15 minutes of grace, with an extension to ${after(day)}`,
  },
  {
    name: 'bank covers all',
    policy: tenth,
    facts: { lateDaysLeft: 3, submitted: after(2 * day) },
    penalty: 0,
    reason: '2 days late, 2 days of them from the student’s late days: no penalty',
    used: 2,
  },
  {
    name: 'bank covers some',
    policy: tenth,
    facts: { lateDaysLeft: 1, submitted: after(2 * day) },
    penalty: 0.8,
    reason: '2 days late, 1 day of them from the student’s late days: 10 % of the score a day',
    used: 1,
  },
  {
    name: 'bank used up',
    policy: tenth,
    facts: { lateDaysLeft: 0, submitted: after(1) },
    penalty: 0.8,
    reason: '1 day late: 10 % of the score a day',
  },
  {
    name: 'bank overdrawn elsewhere',
    policy: tenth,
    facts: { lateDaysLeft: -2, submitted: after(1) },
    penalty: 0.8,
    reason: '1 day late: 10 % of the score a day',
  },
  {
    name: 'bank opens what is closed',
    policy: { kind: 'closed' },
    facts: { lateDaysLeft: 1, submitted: after(1) },
    penalty: 0,
    reason: '1 day late, 1 day of them from the student’s late days: no penalty',
    used: 1,
  },
  {
    name: 'no penalty spends no late day',
    policy: { kind: 'none' },
    facts: { lateDaysLeft: 2, submitted: after(1) },
    penalty: 0,
    reason: '1 day late: no penalty',
  },
  {
    name: 'hard close: last moment',
    policy: closing,
    facts: { submitted: after(3 * day) },
    penalty: 2.4,
    reason: '3 days late: 10 % of the score a day',
  },
  {
    name: 'hard close',
    policy: closing,
    facts: { submitted: after(3 * day + 1) },
    penalty: 8,
    reason: '4 days late: closed 3 days after it was due',
  },
  {
    name: 'hard close is not for sale',
    policy: closing,
    facts: { lateDaysLeft: 9, submitted: after(4 * day) },
    penalty: 8,
    reason: '4 days late: closed 3 days after it was due',
  },
  {
    name: 'hard close with an extension',
    policy: closing,
    facts: { extension: after(2 * day), submitted: after(4 * day) },
    penalty: 1.6,
    reason: '2 days late: 10 % of the score a day',
  },
  {
    name: 'zero score',
    policy: tenth,
    facts: { score: 0, lateDaysLeft: 2, submitted: after(1) },
    penalty: 0,
    reason: '1 day late: nothing to take off',
  },
];

describe('late penalty', () => {
  it.each(cases)('$name', ({ policy, facts, penalty, reason, used = 0 }) => {
    const found = latePenalty(policy, { score: 8, maximum: 10, due, ...facts });
    expect({ penalty: found.penalty, reason: found.reason, used: found.lateDaysUsed }).toEqual({ penalty, reason, used });
  });

  it('counts 24 hours, not days of the calendar, over the night on which clocks change', () => {
    // Central Europe, 29 March 2026: 23:59+01:00 to 23:59+02:00 the next day are 23 hours.
    const night = { score: 10, maximum: 10, due: '2026-03-28T23:59:00+01:00' };
    expect(latePenalty(tenth, { ...night, submitted: '2026-03-29T23:59:00+02:00' }).daysLate).toBe(1);
    expect(latePenalty(tenth, { ...night, submitted: '2026-03-30T00:59:00+02:00' }).daysLate).toBe(1);
    expect(latePenalty(tenth, { ...night, submitted: '2026-03-30T00:59:00.001+02:00' }).daysLate).toBe(2);
  });

  it('is the same for the same instants in other time zones', () => {
    const a = latePenalty(tenth, { score: 8, maximum: 10, due: '2026-01-01T00:00:00Z', submitted: '2026-01-01T00:00:00.001Z' });
    const b = latePenalty(tenth, { score: 8, maximum: 10, due: '2026-01-01T05:45:00+05:45', submitted: '2025-12-31T16:00:00.001-08:00' });
    expect(b).toEqual(a);
  });

  it('stays between 0 and the score, and never shrinks with time', () => {
    const policy = fc.constantFrom<LatePolicy>(tenth, ofMaximum, two, graced, closing, { kind: 'none' }, { kind: 'closed' });
    const facts = fc.record({
      score: fc.double({ min: 0, max: 10, noNaN: true }),
      lateDaysLeft: fc.integer({ min: -2, max: 5 }),
      ms: fc.integer({ min: -3 * day, max: 12 * day }),
      more: fc.integer({ min: 0, max: 5 * day }),
    });
    fc.assert(
      fc.property(policy, facts, (rule, { score, lateDaysLeft, ms, more }) => {
        const at = (late: number) => latePenalty(rule, { score, maximum: 10, due, submitted: after(late), lateDaysLeft });
        expect(at(ms).penalty).toBeGreaterThanOrEqual(0);
        expect(at(ms).penalty).toBeLessThanOrEqual(score);
        expect(at(ms + more).penalty).toBeGreaterThanOrEqual(at(ms).penalty);
        expect(at(ms).lateDaysUsed).toBeLessThanOrEqual(Math.max(0, lateDaysLeft));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it.each(['2026-03-27', '2026-03-27T23:59:00', 'tomorrow', ''])('refuses %j: it is no instant', text => {
    expect(() => instantOf(text)).toThrow(/a time with an offset/);
  });
});
