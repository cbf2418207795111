import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { fixedPointFormat } from '../../../../lib/compress/quantize/format/fixed-point.ts';
import { floatFormat } from '../../../../lib/compress/quantize/format/float.ts';
import type { Format } from '../../../../lib/compress/quantize/format/format.ts';
import { logarithmicFormat } from '../../../../lib/compress/quantize/format/logarithmic.ts';
import { axis } from '../../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeValue, quantizeWeights } from '../../../../lib/compress/quantize/quantize-weights.ts';
import { minMax } from '../../../../lib/compress/quantize/range/min-max.ts';
import { statisticsOf } from '../../../../lib/compress/quantize/range/statistics.ts';
import { modelSize } from '../../../../lib/measure/model-size.ts';
import { predict } from '../../../../lib/model/forward.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { decodeModel, encodeModel } from '../../../../lib/model/serialize.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { elementsOf } from '../../../../lib/tensor/pack.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';

// A format joins the suite by being listed.
const listed: readonly Format[] = [
  affineFormat({ bits: 2 }),
  affineFormat({ bits: 4, symmetric: true }),
  affineFormat({ bits: 8 }),
  affineFormat({ bits: 8, signed: false }),
  affineFormat({ bits: 5, symmetric: true, restricted: false }),
  affineFormat({ bits: 7, signed: false, symmetric: true }),
  affineFormat({ bits: 16 }),
  fixedPointFormat({ bits: 8 }),
  fixedPointFormat({ bits: 6, fraction: 3 }),
  logarithmicFormat({ bits: 4 }),
  logarithmicFormat({ bits: 8 }),
  floatFormat('fp16'),
  floatFormat('bf16'),
  floatFormat('fp8-e4m3'),
  floatFormat('fp8-e4m3', { scaled: false }),
  floatFormat('fp8-e5m2'),
  floatFormat('fp4-e1m2'),
  floatFormat('fp4-e2m1'),
  floatFormat('fp4-e3m0'),
];

const values = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 30 });

describe.each(listed)('format $name', format => {
  it('what is stored stands for what its grid says, and its codes lie between its ends', () => {
    fc.assert(
      fc.property(values, numbers => {
        const value = array([numbers.length], numbers);
        const { value: codes, quantization } = quantizeValue(value, { format });
        const snap = format.snap(minMax().interval(statisticsOf(value.data as Float32Array), format));
        const real = realValue({ value: codes, quantization, trainable: true }).data;
        for (const [i, r] of real.entries()) expect(r + 0).toBe(Math.fround(snap(value.data[i] as number)) + 0);
        for (const code of elementsOf(codes)) expect(code >= format.low && code <= format.high).toBe(true);
        expect(quantization.bits).toBe(format.bits);
      }),
    );
  });

  it('0 stays 0, order stays order, and numbers of the grid stay what they are', () => {
    const interval = { low: -1.5, high: 2 };
    const snap = format.snap(interval);
    expect(snap(0) + 0).toBe(0);
    const sorted = Array.from({ length: 400 }, (_, i) => snap(-2 + i / 80));
    for (let i = 1; i < sorted.length; i++) expect(sorted[i]).toBeGreaterThanOrEqual(sorted[i - 1] as number);
    for (const y of new Set(sorted)) expect(snap(y)).toBeCloseTo(y, 12);
    expect(new Set(sorted.map(y => y + 0)).size).toBeLessThanOrEqual(2 ** format.bits);
  });

  it('a model in it runs, is saved and loaded bit for bit, and takes as little as it says', () => {
    const model = mlp({ input: [6], hidden: [5], classes: 3, seed: 2 });
    const quantized = quantizeWeights(model, { format, granularity: axis(-1) });
    const x = normal(random(3), [4, 6]);
    const outputs = predict(quantized, x).data;
    expect(outputs.every(Number.isFinite)).toBe(true);
    const again = decodeModel(encodeModel(quantized));
    expect(again.parameters).toEqual(quantized.parameters);
    expect(predict(again, x).data).toEqual(outputs);
    expect(modelSize(quantized)).toBeLessThan(modelSize(model));
    const codes = Math.ceil(((6 * 5 + 5 * 3) * format.bits) / 8);
    expect(modelSize(quantized)).toBeGreaterThanOrEqual(codes + 4 * 8);
    expect(modelSize(quantized)).toBeLessThanOrEqual(codes + 4 * 8 + 8 * 8 + 1);
  });

  it('more bits do not hurt: nearer than 2 bits', () => {
    const value = normal(random(9), [500]);
    const errorOf = (of: Format): number => {
      const real = realValue({ ...quantizeValue(value, { format: of }), trainable: true }).data;
      return real.reduce((sum, r, i) => sum + (r - (value.data[i] as number)) ** 2, 0);
    };
    expect(errorOf(format)).toBeLessThanOrEqual(errorOf(affineFormat({ bits: 2 })));
  });
});
