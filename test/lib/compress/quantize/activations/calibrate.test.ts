import { describe, expect, it } from 'vitest';
import { activationStatistics, calibrate } from '../../../../../lib/compress/quantize/activations/calibrate.ts';
import { activationPlaces } from '../../../../../lib/compress/quantize/activations/places.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { kl } from '../../../../../lib/compress/quantize/range/kl.ts';
import { movingAverage } from '../../../../../lib/compress/quantize/range/moving-average.ts';
import { mse } from '../../../../../lib/compress/quantize/range/mse.ts';
import { percentile } from '../../../../../lib/compress/quantize/range/percentile.ts';
import type { Statistics } from '../../../../../lib/compress/quantize/range/range.ts';
import { statisticsOf } from '../../../../../lib/compress/quantize/range/statistics.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { array, zeros } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { unchanged } from '../../../unchanged.ts';

const model = network('net', [5], { seed: 3 }).dense(7).relu().dense(3).model();
// three batches of 128, the last one short
const data = { inputs: normal(random(1), [300, 5]), targets: zeros([300], 'int32') };
const outputs = predict(model, data.inputs).data as Float32Array;
const places = activationPlaces(model);

describe('statistics of activations', () => {
  const found = activationStatistics(model, data);

  it('are those of all values at once', () => {
    expect([...found.keys()]).toEqual(places);
    for (const [id, values] of [
      ['input', data.inputs.data as Float32Array],
      ['dense-2', outputs],
    ] as const) {
      const { count, min, max, mean, standardDeviation, absoluteDeviation } = statisticsOf(values);
      const of = found.get(id) as Statistics;
      expect([of.count, of.min, of.max]).toEqual([count, expect.closeTo(min, 5), expect.closeTo(max, 5)]);
      expect(of.mean).toBeCloseTo(mean, 5);
      expect(of.standardDeviation).toBeCloseTo(standardDeviation, 5);
      expect(of.absoluteDeviation).toBeCloseTo(absoluteDeviation, 5);
    }
  });

  it('have bins that begin at 0, over all batches', () => {
    for (const { histogram, count, min, max } of found.values()) {
      const { low, high, counts } = histogram;
      const width = (high - low) / counts.length;
      expect(counts.reduce((a, b) => a + b)).toBe(count);
      expect(Math.abs(low / width - Math.round(low / width))).toBeLessThan(1e-6);
      expect(low).toBeLessThanOrEqual(min + 1e-6);
      expect(high).toBeGreaterThanOrEqual(max - 1e-6);
      expect(width).toBeCloseTo(Math.max(-min, max) / 2048, 9);
    }
    const { histogram } = found.get('dense-2') as Statistics;
    const negative = histogram.counts.slice(0, Math.round((-histogram.low / (histogram.high - histogram.low)) * histogram.counts.length));
    expect(negative.reduce((a, b) => a + b)).toBe(outputs.filter(x => x < 0).length);
    expect((found.get('relu-1') as Statistics).histogram.low).toBe(0);
  });

  it('know the extremes of each batch in turn', () => {
    const { batches = [] } = found.get('input') as Statistics;
    const last = data.inputs.data.slice(256 * 5);
    expect(batches.length).toBe(3);
    expect(batches[2]).toEqual({ low: Math.min(...last), high: Math.max(...last) });
  });
});

describe('calibrate', () => {
  it('gives intervals by node, leaves no tensor, and reports its batches', () => {
    const before = tensorCount();
    const seen: number[] = [];
    const intervals = unchanged([model, data], () => calibrate(model, data, { onBatch: (done, count) => seen.push(done / count) }));
    expect(tensorCount()).toBe(before);
    expect(seen).toEqual([128 / 300, 256 / 300, 1]);
    expect(Object.keys(intervals)).toEqual(places);
    expect(intervals['relu-1']?.low).toBe(0);
    expect(intervals['dense-2']).toEqual({ low: expect.closeTo(Math.min(...outputs), 5), high: expect.closeTo(Math.max(...outputs), 5) });
  });

  it.each([kl(), mse(), percentile({ percent: 99 })])('$name over bins lies near what it is over the values', range => {
    const { input } = calibrate(model, data, { range, format: { bits: 4 }, nodes: ['input'] });
    const exact = range.interval(statisticsOf(data.inputs.data as Float32Array), affineFormat({ bits: 4 }));
    expect(input?.high).toBeCloseTo(exact.high, 1);
    expect(input?.low).toBeCloseTo(exact.low, 1);
  });

  it('moving averages follow the batches', () => {
    const { input } = calibrate(model, data, { range: movingAverage({ momentum: 0, delay: 2 }), nodes: ['input'] });
    const last = data.inputs.data.slice(256 * 5);
    expect(input).toEqual({ low: Math.min(...last), high: Math.max(...last) });
  });

  it('refuses an empty set, NaN by its node, and nodes that are not there', () => {
    const none = { inputs: zeros([0, 5]), targets: zeros([0], 'int32') };
    expect(() => calibrate(model, none)).toThrow(
      expect.objectContaining({ code: 'quantize/empty', message: expect.stringContaining('calibration') }),
    );
    const inputs = array(
      [300, 5],
      Float32Array.from(data.inputs.data, (x, i) => (i === 700 ? Number.NaN : x)),
    );
    expect(() => calibrate(model, { ...data, inputs })).toThrow(
      expect.objectContaining({ code: 'quantize/finite', message: expect.stringMatching(/Node input.*batch 1/) }),
    );
    expect(() => calibrate(model, data, { nodes: ['nowhere'] })).toThrow(expect.objectContaining({ code: 'model/node' }));
  });

  it('of an input of zeros, batch 1', () => {
    const one = { inputs: zeros([1, 5]), targets: zeros([1], 'int32') };
    const intervals = calibrate(model, one, { range: kl() });
    expect(intervals.input).toEqual({ low: 0, high: 0 });
  });
});
