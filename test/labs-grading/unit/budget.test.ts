import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../../labs-grading/run/budget.ts';

const limits = { submissionWallMs: 100_000, submissionIdleMs: 10_000 };

describe('what a submission may take by the clock', () => {
  it('is used up by naps, however short each is, and says how much was work', () => {
    const budget = new Budget(limits);
    for (let i = 0; i < 11; i++) {
      expect(budget.over).toBeUndefined();
      budget.spend({ wallMs: 1_000, cpuMs: 60 });
    }
    expect(budget.over).toMatch(/^Stopped after [\d.]+ s by the clock and 0\.7 s of CPU time: it waited for 10\.3 s .* may for 10\.0 s\.$/);
    expect(budget.isOver()).toBe(true);
  });

  it('is not used up by work, and work on several threads buys no naps', () => {
    const budget = new Budget(limits);
    for (let i = 0; i < 500; i++) budget.spend({ wallMs: 1_000, cpuMs: 2_000 });
    expect(budget.isOver()).toBe(false);
    expect(budget.isOver({ wallMs: 10_001, cpuMs: 0 })).toBe(true);
  });

  it('ends by the clock, whatever was done', async () => {
    const budget = new Budget({ submissionWallMs: 20, submissionIdleMs: 10_000 });
    expect(budget.isOver()).toBe(false);
    await sleep(25);
    expect(budget.isOver()).toBe(true);
    expect(budget.over).toContain('a submission may take 0.0 s');
  });

  it('is longer where work is run too', () => {
    const budget = new Budget(limits, 4);
    budget.spend({ wallMs: 39_000, cpuMs: 0 });
    expect(budget.isOver()).toBe(false);
  });
});
