import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantSchedule, cosineSchedule, oneCycleSchedule, type Schedule, stepSchedule, warmUp } from '../../../lib/train/schedules.ts';

const rates = (schedule: Schedule, steps: number) => Array.from({ length: steps }, (_, step) => schedule(step, steps));

describe('schedules', () => {
  it('constant stays', () => {
    expect(rates(constantSchedule(0.5), 3)).toEqual([0.5, 0.5, 0.5]);
  });

  it('cosine falls by half a cosine', () => {
    const values = rates(cosineSchedule(2, { floor: 1 }), 4);
    expect(values[0]).toBe(2);
    expect(values[2]).toBeCloseTo(1.5, 12);
    expect(values[1]).toBeCloseTo(1 + 0.5 * (1 + Math.SQRT1_2), 12);
  });

  it('step multiplies at each fraction', () => {
    const values = rates(stepSchedule(1, { at: [0.5, 0.75], factor: 0.5 }), 8);
    expect(values).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  it.each([
    [0.07, 100, 7],
    [0.14, 100, 14],
    [0.28, 200, 56],
    [0.57, 700, 399],
    [1 / 3, 100, 34],
  ])('step at %f of %i updates drops at update %i', (at, steps, first) => {
    const schedule = stepSchedule(1, { at: [at], factor: 0.5 });
    expect([schedule(first - 1, steps), schedule(first, steps)]).toEqual([1, 0.5]);
  });

  it('warm-up rises in equal parts, then gives the schedule its whole shape', () => {
    const values = rates(warmUp(cosineSchedule(1), { fraction: 0.5 }), 8);
    expect(values.slice(0, 4)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(values.slice(4)).toEqual(rates(cosineSchedule(1), 4));
  });

  it('one cycle starts at a 25th, peaks where told and ends at a 10,000th', () => {
    const values = rates(oneCycleSchedule(1, { warm: 0.25 }), 101);
    expect(values[0]).toBeCloseTo(1 / 25, 12);
    expect(values[25]).toBeCloseTo(1, 12);
    expect(values[100]).toBeCloseTo(1e-4, 12);
    for (let i = 1; i <= 25; i++) expect(values[i]).toBeGreaterThan(values[i - 1] as number);
    for (let i = 26; i <= 100; i++) expect(values[i]).toBeLessThan(values[i - 1] as number);
  });

  it('gives a finite rate above 0 and never above the peak, for runs of any length', () => {
    const peak = 0.3;
    const all = (warm: number) => [
      constantSchedule(peak),
      stepSchedule(peak, { at: [warm] }),
      oneCycleSchedule(peak, { warm }),
      warmUp(cosineSchedule(peak), { fraction: warm }),
    ];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, warm) => {
        for (const schedule of all(warm)) {
          const values = rates(schedule, steps);
          expect(values.filter(rate => !(rate > 0 && rate <= peak + 1e-12))).toEqual([]);
        }
      }),
    );
  });

  it('refuses rates and fractions that are none', () => {
    const refused = expect.objectContaining({ code: 'train/schedule' });
    for (const rate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => cosineSchedule(rate)).toThrow(refused);
    expect(() => oneCycleSchedule(1, { warm: 1.1 })).toThrow(refused);
    expect(() => warmUp(constantSchedule(1), { fraction: -0.1 })).toThrow(refused);
    expect(() => stepSchedule(1, { at: [2] })).toThrow(refused);
  });
});
