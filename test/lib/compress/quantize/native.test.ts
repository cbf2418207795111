import fc from 'fast-check';
import { expect, it } from 'vitest';
import { affineFormat } from '../../../../lib/compress/quantize/format/affine.ts';
import { floatFormat } from '../../../../lib/compress/quantize/format/float.ts';
import { channel, group, tensor } from '../../../../lib/compress/quantize/granularity/granularity.ts';
import { fakeQuantizeValue, quantizeValue } from '../../../../lib/compress/quantize/quantize-weights.ts';
import { magnitudes } from '../../../../lib/compress/quantize/range/clip.ts';
import { histogramOf, statisticsOf } from '../../../../lib/compress/quantize/range/statistics.ts';
import { tileExtremes } from '../../../../lib/compress/quantize/range/tile-statistics.ts';
import { affineCodes } from '../../../../lib/compress/quantize/rounding/affine-codes.ts';
import { affine } from '../../../../lib/model/quantization/affine.ts';
import { dequantize } from '../../../../lib/model/quantization/dequantize.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { quantizeKernels } from '../../../../lib/tensor/native-quantize.ts';

// Fewer than 1,024 numbers are computed in TypeScript, more in C++ where that is built: a large array must become what its small parts become.
const part = 1000;

it.runIf(process.env.CI || quantizeKernels())('the kernels are there: else the tests below compare TypeScript with itself', () => {
  expect(quantizeKernels()).toBeDefined();
});

const value = fc.oneof(
  { weight: 5, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true, min: -300, max: 300 }) },
  fc.integer({ min: -600, max: 600 }).map(x => x / 2),
  fc.constantFrom(0, -0, 1e-45, 1e38, -1e38),
);
const values = fc
  .array(value, { minLength: 20, maxLength: 60 })
  .map(seeds => Float32Array.from({ length: 4 * part }, (_, i) => (seeds[i % seeds.length] as number) * (1 + (i % 3))));
const partsOf = (all: Float32Array): Float32Array[] => [0, 1, 2, 3].map(i => all.slice(i * part, (i + 1) * part));

it('extremes', () => {
  fc.assert(
    fc.property(values, all => {
      const { min, max } = statisticsOf(all);
      const parts = partsOf(all).map(x => statisticsOf(x));
      expect([min, max]).toEqual([Math.min(...parts.map(known => known.min)), Math.max(...parts.map(known => known.max))]);
      const tiles = tileExtremes(array([part, 4], all), [part, 1]).map(known => [known.min, known.max, known.count]);
      const columns = [0, 1, 2, 3].map(c => statisticsOf(all.filter((_, i) => i % 4 === c)));
      expect(tiles).toEqual(columns.map(known => [known.min, known.max, part]));
    }),
    { numRuns: 30 },
  );
});

it.each([Number.NaN, Infinity, -Infinity])('%s is refused, and where it stands is told', wrong => {
  const all = new Float32Array(4 * part).fill(1).with(2345, wrong);
  expect(() => statisticsOf(all)).toThrow(`value 2345 is ${wrong}`);
  expect(() => tileExtremes(array([part, 4], all), [part, 1], 'w')).toThrow(`w, tile 1: value 586 is ${wrong}`);
});

it('histograms', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 300 }), (all, bins) => {
      const known = statisticsOf(all);
      const borders = { low: known.min, high: known.max, bins };
      const sum = (lists: readonly Float64Array[]): number[] =>
        Array.from({ length: bins }, (_, b) => lists.reduce((n, list) => n + (list[b] as number), 0));
      expect([...histogramOf(all, borders).counts]).toEqual(sum(partsOf(all).map(x => histogramOf(x, borders).counts)));
      const { high, counts } = magnitudes(known, bins);
      const absolute = partsOf(all).map(x => histogramOf(x.map(Math.abs), { low: 0, high, bins }).counts);
      expect([...counts]).toEqual(sum(absolute));
    }),
    { numRuns: 30 },
  );
});

it('codes and back, for each column and for each row', () => {
  const grids = fc.record({
    scale: fc.array(fc.float({ min: Math.fround(1e-3), max: 8, noNaN: true }), { minLength: 4, maxLength: 4 }),
    zeroPoint: fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 4, maxLength: 4 }),
    low: fc.constantFrom(-128, -127, 0),
    broken: fc.constantFrom(1, Number.NaN, Infinity, -Infinity),
  });
  fc.assert(
    fc.property(values, grids, (numbers, { scale, zeroPoint, low, broken }) => {
      const all = numbers.with(77, broken);
      const high = low < 0 ? 127 : 255;
      for (const [shape, tile] of [
        [
          [part, 4],
          [part, 1],
        ],
        [
          [4, part],
          [1, part],
        ],
      ] as const) {
        const quantization = affine({ shape, bits: 8, tile, scale, zeroPoint });
        const codes = affineCodes(array(shape, all), { quantization, low, high });
        const reals = dequantize(array(shape, codes), quantization).data;
        const rows = shape[0] / 4;
        const some = partsOf(all).map((x, p) => {
          const own =
            rows > 1
              ? quantization
              : affine({ shape: [1, part], bits: 8, tile: [1, part], scale: [scale[p] as number], zeroPoint: [zeroPoint[p] as number] });
          const [size, cut] =
            rows > 1
              ? [
                  [rows, 4],
                  [rows, 1],
                ]
              : [
                  [1, part],
                  [1, part],
                ];
          const small = { ...own, tile: cut };
          const found = affineCodes(array(size, x), { quantization: small, low, high });
          return { codes: [...found], reals: [...dequantize(array(size, found), small).data] };
        });
        expect([...codes]).toEqual(some.flatMap(known => known.codes));
        expect([...reals]).toEqual(some.flatMap(known => known.reals));
      }
    }),
    { numRuns: 30 },
  );
});

const formats = [
  affineFormat({ bits: 8, symmetric: true }),
  affineFormat({ bits: 4 }),
  affineFormat({ bits: 12, signed: false }),
  floatFormat('fp8-e4m3'),
];
const granularities = [tensor(), channel(), group(7)];

const cases = fc.record({
  all: values,
  format: fc.constantFrom(...formats),
  granularity: fc.constantFrom(...granularities),
  columns: fc.constantFrom(4, 999),
});

it('what fake quantization makes is what its integers stand for, bit for bit', () => {
  fc.assert(
    fc.property(cases, ({ all, columns, ...scheme }) => {
      const rows = columns === 4 ? part : 3;
      const value = array([rows, columns], all.slice(0, rows * columns));
      const { value: codes, quantization } = quantizeValue(value, scheme);
      expect(fakeQuantizeValue(value, scheme)).toEqual(dequantize(codes, quantization));
    }),
    { numRuns: 40 },
  );
});
