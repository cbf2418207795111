import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { floatFormat } from '../../../../lib/compress/quantize/format/float.ts';
import { quantizeValue, quantizeWeights } from '../../../../lib/compress/quantize/quantize-weights.ts';
import { aciq, aciqClip } from '../../../../lib/compress/quantize/range/aciq.ts';
import { quantizationError } from '../../../../lib/compress/quantize/range/error.ts';
import { kl } from '../../../../lib/compress/quantize/range/kl.ts';
import { minMax } from '../../../../lib/compress/quantize/range/min-max.ts';
import { movingAverage } from '../../../../lib/compress/quantize/range/moving-average.ts';
import { mse } from '../../../../lib/compress/quantize/range/mse.ts';
import { percentile } from '../../../../lib/compress/quantize/range/percentile.ts';
import type { RangeMethod, Statistics } from '../../../../lib/compress/quantize/range/range.ts';
import { histogramOf, statisticsOf } from '../../../../lib/compress/quantize/range/statistics.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';

// A method joins the suite by a line.
const listed: readonly RangeMethod[] = [
  minMax(),
  movingAverage(),
  percentile(),
  percentile({ percent: 50 }),
  kl(),
  kl({ bins: 300 }),
  mse(),
  mse({ steps: 7 }),
  aciq(),
  aciq({ distribution: 'laplace' }),
  aciq({ distribution: 'gauss' }),
];

const formats = [affineFormat({ bits: 4, symmetric: true }), affineFormat({ bits: 8 }), affineFormat({ bits: 2 }), floatFormat('fp8-e4m3')];
const lists = fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 60 });
/** The same statistics without the values, on 2,048 bins. */
const inBins = ({ values: _, ...rest }: Statistics): Statistics => rest;
const draw = (n: number, seed = 1): Float32Array => normal(random(seed), [n]).data as Float32Array;
/** Laplace: a normal number times the root of an exponential one. */
const heavy = (n: number): Float32Array =>
  draw(n, 3).map((x, i) => x * Math.sqrt(-2 * Math.log(0.5 + 0.4999 * Math.tanh(draw(1, i + 9)[0] as number))));

describe.each(listed)('range $name', method => {
  it('lies within the values, widened to 0, of values and of bins', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom(...formats), (numbers, format) => {
        const statistics = statisticsOf(Float32Array.from(numbers));
        for (const known of [statistics, inBins(statistics)]) {
          const { low, high } = method.interval(known, format);
          expect(low).toBeGreaterThanOrEqual(Math.min(0, statistics.min));
          expect(high).toBeLessThanOrEqual(Math.max(0, statistics.max));
          expect(low <= 0 && high >= 0).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of zeros is 0, and a constant keeps its end within a bin', () => {
    const format = affineFormat({ bits: 8 });
    expect(method.interval(statisticsOf(new Float32Array(5)), format)).toEqual({ low: 0, high: 0 });
    const { low, high } = method.interval(statisticsOf(new Float32Array(9).fill(-3)), format);
    expect([low, high + 0]).toEqual([expect.closeTo(-3, 2), 0]);
  });

  it('quantizes a model, the same twice, and refuses what is not finite by name', () => {
    const model = mlp({ input: [6], hidden: [5], classes: 3, seed: 2 });
    const scheme = { format: affineFormat({ bits: 4, symmetric: true }), range: method };
    expect(quantizeWeights(model, scheme)).toEqual(quantizeWeights(model, scheme));
    const broken = array([2], [1, Number.NaN]);
    expect(() => quantizeValue(broken, scheme, 'Parameter w')).toThrow(
      expect.objectContaining({ code: 'quantize/finite', message: expect.stringContaining('Parameter w') }),
    );
  });
});

describe('statistics', () => {
  it('are those of the definitions', () => {
    const values = draw(1001);
    const { count, min, max, mean, standardDeviation, absoluteDeviation, histogram } = statisticsOf(values, { bins: 16 });
    const sum = (of: (x: number) => number): number => [...values].reduce((s, x) => s + of(x), 0);
    const average = sum(x => x) / 1001;
    expect([count, min, max, mean]).toEqual([1001, Math.min(...values), Math.max(...values), average]);
    expect(standardDeviation).toBeCloseTo(Math.sqrt(sum(x => (x - average) ** 2) / 1001), 12);
    expect(absoluteDeviation).toBeCloseTo(sum(x => Math.abs(x - average)) / 1001, 12);
    expect(histogram.counts.reduce((a, b) => a + b)).toBe(1001);
    expect(histogram.counts.length).toBe(16);
  });

  it('count values at the ends, and all of a single number', () => {
    expect([...histogramOf([0, 1, 2, 3, 4], { low: 0, high: 4, bins: 2 }).counts]).toEqual([2, 3]);
    expect([...histogramOf([7, 7], { low: 7, high: 7, bins: 2 }).counts]).toEqual([2, 0]);
  });
});

describe('percentile', () => {
  it('of 99 clips 1 percent, as NumPy interpolates', () => {
    const values = Float32Array.from({ length: 101 }, (_, i) => (i % 2 ? -i : i));
    const at = (percent: number) => percentile({ percent }).interval(statisticsOf(values), formats[1] as never);
    expect(at(99)).toEqual({ low: -99, high: 99 });
    expect(at(97.5)).toEqual({ low: -97.5, high: 97.5 });
    expect(at(100)).toEqual({ low: -99, high: 100 });
    const many = draw(10_000);
    const { high } = percentile({ percent: 99 }).interval(statisticsOf(many), formats[0] as never);
    expect(many.filter(x => Math.abs(x) > high).length).toBe(100);
    const binned = percentile({ percent: 99 }).interval(inBins(statisticsOf(many)), formats[0] as never);
    expect(binned.high).toBeCloseTo(high, 2);
  });

  it.each([0, -1, 100.1, Number.NaN])('refuses %f', percent => {
    expect(() => percentile({ percent })).toThrow(expect.objectContaining({ code: 'quantize/range' }));
  });
});

describe('moving average', () => {
  const batches = [
    { low: -8, high: 8 },
    { low: -1, high: 2 },
    { low: -3, high: 0 },
  ];
  const statistics = { ...statisticsOf(new Float32Array([-8, 8])), batches };
  const interval = (options: Parameters<typeof movingAverage>[0]) => movingAverage(options).interval(statistics, formats[1] as never);

  it('keeps momentum of what was, from the first batch after the delay on', () => {
    expect(interval({ momentum: 0.5 })).toEqual({ low: -3.75, high: 2.5 });
    expect(interval({ momentum: 0.75, delay: 1 })).toEqual({ low: -1.5, high: 1.5 });
    expect(interval({ momentum: 0 })).toEqual({ low: -3, high: 0 });
    expect(interval({ momentum: 1 })).toEqual({ low: -8, high: 8 });
  });

  it('of equal batches is theirs', () => {
    const same = { ...statistics, batches: new Array(50).fill({ low: -2, high: 3 }) };
    const { low, high } = movingAverage({ momentum: 0.9 }).interval(same, formats[1] as never);
    expect([low, high]).toEqual([expect.closeTo(-2, 12), expect.closeTo(3, 12)]);
  });

  it('refuses a delay that leaves no batch, and other momenta', () => {
    expect(() => interval({ delay: 3 })).toThrow(expect.objectContaining({ code: 'quantize/delay' }));
    expect(() => interval({ delay: -1 })).toThrow(expect.objectContaining({ code: 'quantize/delay' }));
    expect(() => movingAverage({ momentum: 1.1 })).toThrow(expect.objectContaining({ code: 'quantize/range' }));
  });
});

describe('ACIQ', () => {
  it.each([
    ['laplace', [2.8307, 3.8972, 5.0286, 9.8968]],
    ['gauss', [1.711, 2.152, 2.559, 3.924]],
  ] as const)('clips %s at 2, 3, 4 and 8 bits', (distribution, clips) => {
    const digits = distribution === 'laplace' ? 4 : 3;
    [2, 3, 4, 8].forEach((bits, i) => {
      expect(aciqClip(distribution, bits)).toBeCloseTo(clips[i] as number, digits);
    });
  });

  it('grows with the bits, and is where sampled error is least', () => {
    for (const distribution of ['laplace', 'gauss'] as const)
      for (let bits = 1; bits < 16; bits++) expect(aciqClip(distribution, bits + 1)).toBeGreaterThan(aciqClip(distribution, bits));
    const statistics = statisticsOf(draw(40_000));
    const format = affineFormat({ bits: 3 });
    const { high } = aciq({ distribution: 'gauss' }).interval(statistics, format);
    expect(high).toBeCloseTo(2.152, 1);
    const errorAt = (t: number): number => quantizationError(statistics, { low: -t, high: t }, format).total;
    expect(errorAt(high)).toBeLessThan(Math.min(errorAt(1.6), errorAt(3)));
  });

  it('tells the two distributions apart', () => {
    const gauss = statisticsOf(draw(5000));
    const laplace = statisticsOf(heavy(5000));
    const format = affineFormat({ bits: 4 });
    expect(aciq().interval(gauss, format)).toEqual(aciq({ distribution: 'gauss' }).interval(gauss, format));
    expect(aciq().interval(laplace, format)).toEqual(aciq({ distribution: 'laplace' }).interval(laplace, format));
    expect(() => aciqClip('gauss', 0)).toThrow(expect.objectContaining({ code: 'quantize/bits' }));
  });
});

/** The search as its authors write it down: distributions made, divided and compared in full. */
function divergences(values: Float32Array, { bins, levels }: { bins: number; levels: number }): number[] {
  const most = Math.max(...values.map(Math.abs));
  const counts: number[] = new Array(bins).fill(0);
  for (const x of values) {
    const bin = Math.min(bins - 1, Math.floor((Math.abs(x) / most) * bins));
    counts[bin] = (counts[bin] as number) + 1;
  }
  counts[0] = counts[1] as number;
  const first = Math.max(levels, Math.floor(bins / 16));
  return Array.from({ length: bins - first + 1 }, (_, k) => {
    const kept = k + first;
    const p = counts.slice(0, kept);
    p[kept - 1] = counts.slice(kept - 1).reduce((a, b) => a + b, 0);
    const q: number[] = new Array(kept).fill(0);
    for (let level = 0; level < levels; level++) {
      const from = Math.floor((level * kept) / levels);
      const to = Math.floor(((level + 1) * kept) / levels);
      const sum = counts.slice(from, to).reduce((a, b) => a + b, 0);
      const filled = p.slice(from, to).filter(c => c > 0).length;
      for (let i = from; i < to; i++) if ((p[i] as number) > 0) q[i] = sum / filled;
    }
    if ((p[kept - 1] as number) > 0 && q[kept - 1] === 0) q[kept - 1] = 1e-4;
    const [all, some] = [p, q].map(list => list.reduce((a, b) => a + b, 0)) as [number, number];
    return p.reduce((sum, c, i) => (c > 0 ? sum + (c / all) * Math.log(c / all / ((q[i] as number) / some)) : sum), 0);
  });
}

describe('KL', () => {
  it.each([
    ['normal', draw(3000), 64, 4],
    ['heavy', heavy(3000), 128, 5],
    ['few', draw(20), 100, 3],
    ['with an outlier', Float32Array.of(...draw(500), 90), 256, 5],
  ] as const)('finds the least of the divergences written out, %s', (...[, values, bins, bits]) => {
    const all = divergences(values, { bins, levels: 2 ** (bits - 1) });
    const least = Math.min(...all);
    const { high, low } = kl({ bins }).interval(statisticsOf(values), affineFormat({ bits, symmetric: true }));
    const most = Math.max(...values.map(Math.abs));
    const kept = Math.round((Math.max(high, -low) / most) * bins);
    // the threshold may lie beyond one end of the values, so that only the larger end tells it
    const at = kept - Math.max(2 ** (bits - 1), Math.floor(bins / 16));
    if (at in all) expect(all[at]).toBeCloseTo(least, 9);
    expect(least).toBeGreaterThanOrEqual(-1e-12);
  });

  it('clips nothing where there are as many codes as bins, and outliers where they are few', () => {
    const values = Float32Array.of(...draw(5000), 100);
    const statistics = statisticsOf(values);
    expect(kl({ bins: 128 }).interval(statistics, affineFormat({ bits: 8, symmetric: true })).high).toBe(100);
    expect(kl().interval(statistics, affineFormat({ bits: 16 })).high).toBe(100);
    const { high } = kl().interval(statistics, affineFormat({ bits: 8, symmetric: true }));
    expect(high).toBeLessThan(20);
  });

  it('loses less than min-max on heavy tails of few bits', () => {
    const statistics = statisticsOf(heavy(20_000));
    const format = affineFormat({ bits: 4, symmetric: true });
    const errorOf = (method: RangeMethod): number => quantizationError(statistics, method.interval(statistics, format), format).total;
    expect(errorOf(kl())).toBeLessThan(errorOf(minMax()));
  });
});

describe('MSE', () => {
  it('is the best of the shares, of equals the largest', () => {
    const statistics = statisticsOf(heavy(400));
    const format = affineFormat({ bits: 3 });
    const whole = minMax().interval(statistics, format);
    const best = mse({ steps: 20 }).interval(statistics, format);
    const errorAt = (k: number): number =>
      quantizationError(statistics, { low: (whole.low * k) / 20, high: (whole.high * k) / 20 }, format).total;
    const errors = Array.from({ length: 20 }, (_, k) => errorAt(k + 1));
    expect(quantizationError(statistics, best, format).total).toBe(Math.min(...errors));
    expect(mse().interval(statisticsOf(new Float32Array([-1, 0, 1])), affineFormat({ bits: 8, symmetric: true }))).toEqual({
      low: -1,
      high: 1,
    });
    expect(() => mse({ steps: 0 })).toThrow(expect.objectContaining({ code: 'quantize/range' }));
  });

  it('of bins lies near that of values', () => {
    const statistics = statisticsOf(heavy(5000));
    const format = affineFormat({ bits: 4 });
    const errorOf = (known: Statistics): number => quantizationError(statistics, mse().interval(known, format), format).total;
    expect(errorOf(inBins(statistics)) / errorOf(statistics)).toBeLessThan(1.02);
  });
});

describe('error', () => {
  it('is rounding plus clipping; rounding is at most a quarter of a squared step', () => {
    fc.assert(
      fc.property(
        lists,
        fc.constantFrom(...formats.slice(0, 3)),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (numbers, format, share) => {
          const statistics = statisticsOf(Float32Array.from(numbers));
          const { low, high } = minMax().interval(statistics, format);
          const interval = { low: low * share, high: high * share };
          const { total, rounding, clipping, clipped } = quantizationError(statistics, interval, format);
          expect(rounding + clipping).toBe(total);
          const snap = format.snap(interval);
          const mean = numbers.reduce((sum, x) => sum + (Math.fround(x) - snap(Math.fround(x))) ** 2, 0) / numbers.length;
          expect(total).toBeCloseTo(mean, 8);
          const ends = [snap(Number.NEGATIVE_INFINITY), snap(Number.POSITIVE_INFINITY)] as const;
          const codes = format.high - format.low;
          expect(rounding).toBeLessThanOrEqual(((ends[1] - ends[0]) / codes / 2) ** 2 * (1 + 1e-6) + 1e-30);
          expect(clipped).toBe(numbers.filter(x => Math.fround(x) < ends[0] || Math.fround(x) > ends[1]).length / numbers.length);
        },
      ),
    );
  });
});
