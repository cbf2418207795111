import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { displaySymbol, LabError, liveFigure, liveTraining, plot, progress, show, table, trainingLines } from '../../../lib/index.ts';
import { Curve } from '../../../lib/notebook/curve.ts';
import { inNotebook } from './host.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

describe('outside a notebook', () => {
  it('shows nothing and needs nothing', () => {
    show(plot.line([1]), 'text');
    const picture = liveFigure(plot.line([1]));
    picture.update(plot.line([1, 2]));
    picture.flush();
    expect(picture.value.data[0]?.y).toEqual([1, 2]);
    progress(2).advance();
  });
});

describe('show', () => {
  it('shows figures as bundles, text as it is, tables as tables, anything else as Node prints it', async () => {
    const shown = await inNotebook(() => show(plot.line([1]), 'a <b>', { a: 1 }, table({ a: [1] }).derive({ b: 'd => d.a + 1' })));
    expect(shown.map(({ bundle }) => Object.keys(bundle)[0])).toEqual([
      'application/vnd.plotly.v1+json',
      'text/plain',
      'text/plain',
      'text/html',
    ]);
    expect(shown.map(({ bundle }) => bundle['text/plain'])).toEqual([
      '[figure] scatter\n  1 points, 1 to 1, last 1',
      'a <b>',
      '{ a: 1 }',
      'a  b\n1  2\n1 row',
    ]);
  });
});

describe('liveFigure', () => {
  it('draws at once, then at most ten times a second, the last state always, into one output', async () => {
    const shown = await inNotebook(async () => {
      const picture = liveFigure(plot.line([0]));
      for (let i = 1; i <= 1000; i++) {
        picture.update(plot.line([i]));
        await vi.advanceTimersByTimeAsync(1);
      }
      await vi.advanceTimersByTimeAsync(200);
    });
    expect(shown).toHaveLength(11);
    expect(new Set(shown.map(({ id }) => id)).size).toBe(1);
    expect(shown.map(({ update }) => update)).toEqual([false, ...Array(10).fill(true)]);
    expect(shown.at(-1)?.bundle['text/plain']).toContain('1k to 1k');
  });

  it('flushes what is still to be drawn, once', async () => {
    const shown = await inNotebook(() => {
      const picture = liveFigure(plot.line([0]));
      picture.update(plot.line([7]));
      picture.flush();
      picture.flush();
    });
    expect(shown).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(shown).toHaveLength(2);
  });

  it('gives every figure an output of its own', async () => {
    const shown = await inNotebook(() => [liveFigure(plot.line([0])), liveFigure(plot.line([0]))]);
    expect(shown[0]?.id).not.toBe(shown[1]?.id);
  });
});

describe('progress', () => {
  it('counts, estimates and ends', async () => {
    const shown = await inNotebook(async () => {
      const bar = progress(4, { label: 'Scan <1>' });
      await vi.advanceTimersByTimeAsync(1000);
      bar.advance(1, 'first');
      await vi.advanceTimersByTimeAsync(1000);
      bar.advance(9);
      bar.end('done');
    });
    expect(shown.map(({ bundle }) => bundle['text/plain'])).toEqual([
      'Scan <1>: 0 / 4',
      'Scan <1>: 1 / 4 · 3.0 s left · first',
      'Scan <1>: 4 / 4 · 0.0 s left · first',
      'Scan <1>: 4 / 4 · 2.0 s · done',
    ]);
    expect(shown[0]?.bundle['text/html']).toContain('Scan &lt;1&gt;');
    expect(shown[1]?.bundle['text/html']).toContain('<progress value="1" max="4"');
  });

  it('refuses a total that is no count', () => {
    expect(() => progress(0)).toThrow(LabError);
    expect(() => progress(Number.NaN)).toThrow(LabError);
  });
});

const info = { model: 'vgg', parameters: 10, examples: 64, epochs: 2, stepsPerEpoch: 50, batchSize: 32 };
const epochs = [1, 2].map(epoch => ({
  epoch,
  loss: 1 / epoch,
  accuracy: 0.4 * epoch,
  validationAccuracy: 0.3 * epoch,
  learningRate: 0.1,
  elapsedMilliseconds: 500,
}));

describe('liveTraining', () => {
  it('moves one curve and one bar, ten times a second, and ends with the whole run', async () => {
    const shown = await inNotebook(async () => {
      const reporter = liveTraining();
      reporter.start?.(info);
      for (let step = 1; step <= 100; step++) {
        const epoch = Math.ceil(step / 50);
        reporter.step?.({ step, epoch, loss: 1 / step, learningRate: 0.1, elapsedMilliseconds: step * 10 });
        if (step % 50 === 0) reporter.epoch?.(epochs[epoch - 1] as (typeof epochs)[0]);
        await vi.advanceTimersByTimeAsync(10);
      }
      reporter.end?.({ reason: 'finished', steps: 100, epochs, elapsedMilliseconds: 1000 });
    });
    const ids = [...new Set(shown.map(({ id }) => id))];
    expect(ids).toHaveLength(2);
    const [bars, curves] = ids.map(id => shown.filter(one => one.id === id));
    expect(curves?.length).toBeGreaterThan(8);
    expect(curves?.length).toBeLessThanOrEqual(12);
    expect(bars?.length).toBeLessThanOrEqual(13);
    expect(bars?.at(-1)?.bundle['text/plain']).toBe(
      'Training vgg: 100 / 100 · 1.0 s · finished · loss 0.500 · accuracy 80.0 % · validation 60.0 %',
    );
    const lengths = curves?.map(({ bundle }) => plotlyOf(bundle).data[0]?.y.length) ?? [];
    expect(lengths).toEqual([...lengths].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(plotlyOf(curves?.at(-1)?.bundle).data.map(trace => [trace.name, trace.y.length])).toEqual([
      ['training', 100],
      ['training', 2],
      ['validation', 2],
    ]);
  });

  it('draws the accuracy of a single epoch between 0 and 1, and more of them by themselves', async () => {
    const rangeAfter = async (count: number): Promise<unknown> => {
      const shown = await inNotebook(async () => {
        const reporter = liveTraining();
        reporter.start?.(info);
        for (const epoch of epochs.slice(0, count)) reporter.epoch?.(epoch);
        reporter.end?.({ reason: 'finished', steps: 100, epochs, elapsedMilliseconds: 1000 });
      });
      return shown.flatMap(({ bundle }) => plotlyOf(bundle)?.layout.yaxis2 ?? []).at(-1)?.range;
    };
    expect(await rangeAfter(1)).toEqual([0, 1]);
    expect(await rangeAfter(2)).toBeUndefined();
  });
});

const plotlyOf = (bundle: Readonly<Record<string, unknown>> | undefined) =>
  bundle?.['application/vnd.plotly.v1+json'] as {
    data: { name: string; y: number[] }[];
    layout: { yaxis2?: { range?: unknown } };
  };

it('trainingLines tells a terminal about each epoch', () => {
  const lines: string[] = [];
  const reporter = trainingLines(line => lines.push(line));
  reporter.start?.(info);
  for (const epoch of epochs) reporter.epoch?.(epoch);
  reporter.end?.({ reason: 'interrupted', steps: 60, epochs, elapsedMilliseconds: 1000 });
  expect(lines).toEqual([
    'vgg: 10 parameters, 64 examples, 2 epochs of 50 steps',
    'epoch 1/2 · loss 1.000 · accuracy 40.0 % · validation 30.0 % · 0.5 s',
    'epoch 2/2 · loss 0.500 · accuracy 80.0 % · validation 60.0 % · 0.5 s',
    'interrupted after 60 steps, 1.0 s',
  ]);
});

describe('Curve', () => {
  it('keeps few points, the means of equal stretches in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { maxLength: 300 }), losses => {
        const curve = new Curve(16);
        losses.forEach((loss, i) => {
          curve.add(i + 1, loss);
        });
        expect(curve.values.length).toBeLessThan(16);
        const stride = curve.steps[0] ?? 1;
        expect(curve.steps).toEqual(curve.values.map((_, i) => (i + 1) * stride));
        expect(losses.length - (curve.steps.at(-1) ?? 0)).toBeLessThan(stride);
        curve.values.forEach((value, i) => {
          const part = losses.slice(i * stride, (i + 1) * stride);
          expect(value).toBeCloseTo(part.reduce((sum, v) => sum + v, 0) / stride, 9);
        });
      }),
    );
  });
});

it('a displayable names its way to be shown', () => {
  expect(typeof plot.line([1])[displaySymbol]).toBe('function');
});
