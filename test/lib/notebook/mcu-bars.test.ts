import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { currentMcuReporter } from '../../../lib/deploy/mcu/report.ts';
import { deploy, mcuBars } from '../../../lib/index.ts';
import { inNotebook, type Shown } from './host.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const textsOf = (shown: readonly Shown[]): readonly unknown[] => shown.map(({ bundle }) => bundle['text/plain']);

describe('bars of what is built for a microcontroller', () => {
  it('come after a second, one for each part of the work', async () => {
    const shown = await inNotebook(() => {
      const bars = mcuBars();
      bars.building?.(1, 20);
      vi.advanceTimersByTime(1200);
      bars.building?.(7, 20);
      vi.advanceTimersByTime(600);
      bars.building?.(20, 20);
      bars.running?.(0, 5);
      vi.advanceTimersByTime(400);
      bars.running?.(5, 5);
      bars.end?.();
    });
    expect(textsOf(shown)[0]).toBe('Compiling: 0 / 20');
    expect(textsOf(shown)).toEqual(expect.arrayContaining([expect.stringMatching(/^Compiling: 20 \/ 20 · 0.6 s/)]));
    expect(textsOf(shown).at(-1)).toMatch(/^Running: 5 \/ 5 · 0.4 s/);
    expect(new Set(shown.map(({ id }) => id)).size).toBe(2);
  });

  it('do not come for what is quick, nor outside a notebook, where another may be told', async () => {
    const quick = await inNotebook(() => {
      const bars = currentMcuReporter();
      bars.building?.(20, 20);
      bars.end?.();
    });
    expect(quick).toEqual([]);
    expect(currentMcuReporter()).toEqual({});
    const own = { end: () => {} };
    const before = deploy.setMcuReporter(() => own);
    expect(currentMcuReporter()).toBe(own);
    deploy.setMcuReporter(before);
  });
});
