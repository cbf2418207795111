import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { magnitudeMask } from '../../../../../lib/compress/prune/magnitude.ts';
import { activationAwareProductQuantize, activationAwareValue } from '../../../../../lib/compress/quantize/codebook/activation-aware.ts';
import { productBytes, productQuantize, productValue } from '../../../../../lib/compress/quantize/codebook/product.ts';
import { assigned, type VectorKMeansResult, vectorKMeans } from '../../../../../lib/compress/quantize/codebook/vectors.ts';
import type { QuantizedValue } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { parameterBits } from '../../../../../lib/measure/model-size.ts';
import { batchOf, forward } from '../../../../../lib/model/forward.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Model, type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { scope } from '../../../../../lib/tensor/scope.ts';

const real = (stored: QuantizedValue): NDArray => realValue({ ...stored, trainable: true });

describe('product quantization', () => {
  it('takes 16,384 bytes of indices and 4,608 of a code book in the example', () => {
    expect(productBytes({ values: 128 * 128 * 3 * 3, length: 9, entries: 256, entryBits: 16 })).toEqual({ indices: 16384, codebook: 4608 });
    const value = normal(random(1), [9 * 32, 32], {});
    const stored = productValue({ value }, { length: 9, entries: 256, iterations: 1 });
    const { indices, codebook } = productBytes({ values: 9 * 32 * 32, length: 9, entries: 256 });
    expect(parameterBits({ ...stored, trainable: true })).toBe(8 * (indices + codebook));
  });

  it('is the nearest entry for each vector, along any axis', () => {
    for (const [shape, axis, length] of [
      [[6, 5], 0, 3],
      [[6, 5], -2, 2],
      [[2, 3, 4, 5], 2, 2],
      [[2, 3, 4, 5], -1, 5],
      [[3, 2, 2], 0, 3],
    ] as const) {
      const value = normal(random(axis + 10), shape, {});
      const whole = productValue({ value }, { length, axis, entries: 65536 });
      expect(real(whole).data).toEqual(value.data);
      const few = productValue({ value }, { length, axis, entries: 3, iterations: 50 });
      expect(few.quantization.entries.shape).toEqual([3, length]);
      expect(few.quantization.bits).toBe(2);
    }
  });

  it('finds clusters, ends at means, and never has more error than with fewer iterations', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }), (seed, length, clusters) => {
        const vectors = { data: normal(random(seed), [24 * length], {}).data as Float32Array, length };
        const run = (iterations: number): VectorKMeansResult => vectorKMeans(vectors, { clusters, iterations, rng: random(seed) });
        const [none, some, all] = [run(0), run(2), run(100)];
        expect(some.error).toBeLessThanOrEqual(none.error + 1e-4);
        expect(all.error).toBeLessThanOrEqual(some.error + 1e-4);
        expect(new Set(all.codes).size).toBe(clusters);
        for (let c = 0; c < clusters; c++)
          for (let k = 0; k < length; k++) {
            const own = [...all.codes.keys()].filter(i => all.codes[i] === c);
            const mean = own.reduce((sum, i) => sum + (vectors.data[i * length + k] as number), 0) / own.length;
            expect(all.entries[c * length + k]).toBeCloseTo(mean, 4);
          }
      }),
      { numRuns: 60 },
    );
  });

  it('has as many entries as there are different vectors', () => {
    const value = array([6, 1], [1, 2, 1, 2, 3, 4]);
    const stored = productValue({ value }, { length: 2, entries: 16 });
    expect(stored.quantization.entries.shape).toEqual([2, 2]);
    expect(real(stored).data).toEqual(value.data);
  });

  it('takes the weights that vectors divide, and refuses others by name', () => {
    const net = vgg({ widths: [8, 8], seed: 1 });
    const coded = productQuantize(net, { length: 4, entries: 32, iterations: 3 });
    expect(coded.parameters['conv2d-1.kernel']?.quantization).toBeUndefined();
    expect(coded.parameters['conv2d-2.kernel']?.value.shape).toEqual([3, 3, 2, 8]);
    expect(() => productQuantize(net, { length: 4, parameters: ['conv2d-1.kernel'] })).toThrow(
      /conv2d-1\.kernel: vectors of 4 along axis -2/,
    );
    expect(() => productQuantize(net, { length: 5 })).toThrow(/divide no weight/);
    const value = (net.parameters['conv2d-2.kernel'] as Parameter).value;
    expect(() => productValue({ value, mask: magnitudeMask(value, 0.5) }, { length: 4 })).toThrow(/pruned/);
    expect(() => productValue({ value: array([2, 1], [1, Number.NaN]) }, { length: 2 })).toThrow(/value 1 is NaN/);
    expect(() => productValue({ value: array([2, 1], [1, 2]) }, { length: 2, entries: 0 })).toThrow(/65,536/);
    expect(() => productValue({ value: array([0, 1], []) }, { length: 2 })).toThrow(/divide/);
  });
});

describe('product quantization that looks at the inputs', () => {
  it('costs vectors in a metric as the formula says', () => {
    const metric = Float64Array.of(2, 1, 1, 3);
    const vectors = { data: Float32Array.of(1, 2, 0, 0), length: 2 };
    const { codes, costs } = assigned(vectors, Float32Array.of(0, 0, 1, 1), { of: [metric], which: () => 0 });
    // (1, 2) as (1, 1): 3; as (0, 0): 2 + 2 · 2 + 3 · 4
    expect([...codes]).toEqual([1, 0]);
    expect([...costs]).toEqual([3, 0]);
  });

  it('has less output error than plain product quantization, and more of the weights', () => {
    const kernel = normal(random(1), [32, 24], {});
    const inputs = normal(random(2), [200, 32], {});
    // inputs differ in size by a hundred: errors of some rows do not matter
    for (let i = 0; i < inputs.data.length; i++) inputs.data[i] = (inputs.data[i] as number) * 10 ** ((i % 4) - 2);
    const options = { length: 4, entries: 16, seed: 3 };
    const aware = activationAwareValue({ kernel, inputs }, options);
    const plain = productValue({ value: kernel }, options, 'The kernel');
    const errorOf = (quantized: NDArray): [output: number, weights: number] => {
      let [output, weights] = [0, 0];
      const away = kernel.data.map((w, i) => w - (quantized.data[i] as number));
      for (const d of away) weights += d * d;
      for (let n = 0; n < 200; n++)
        for (let o = 0; o < 24; o++) {
          let sum = 0;
          for (let r = 0; r < 32; r++) sum += (inputs.data[n * 32 + r] as number) * (away[r * 24 + o] as number);
          output += sum * sum;
        }
      return [output / 200, weights];
    };
    const [awareOutput, awareWeights] = errorOf(real(aware));
    const [plainOutput, plainWeights] = errorOf(real(plain));
    expect(aware.outputError).toBeCloseTo(awareOutput, 1);
    expect(aware.plainError).toBeCloseTo(plainOutput, 1);
    expect(awareOutput).toBeLessThan(plainOutput * 0.8);
    expect(awareWeights).toBeGreaterThan(plainWeights);
  });

  it('never has more output error, also where inputs are 0', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 8 }), (seed, entries) => {
        const inputs = normal(random(seed), [9, 6], {});
        for (let i = 0; i < inputs.data.length; i++) if (i % 6 < 2 || i % 5 === 0) inputs.data[i] = 0;
        const { outputError, plainError } = activationAwareValue(
          { kernel: normal(random(seed + 1), [6, 5], {}), inputs },
          { length: 2, entries },
        );
        expect(outputError).toBeLessThanOrEqual(plainError);
      }),
      { numRuns: 30 },
    );
  });

  it('quantizes a net layer by layer, closer to its outputs than weights alone', () => {
    const data = strokeGlyphs({ count: 64, seed: 1 });
    const net = vgg({ widths: [8, 8], seed: 1 });
    const options = { length: 4, entries: 8, iterations: 8 };
    const aware = activationAwareProductQuantize(net, { ...options, data, places: 20 });
    expect(aware.parameters['conv2d-1.kernel']?.quantization).toBeUndefined();
    const outputs = (model: Model): ArrayLike<number> =>
      scope(() => forward(model, batchOf(data.images, { from: 0, to: 64 })).dataSync() as Float32Array);
    const away = (model: Model): number => {
      const [a, b] = [outputs(net), outputs(model)];
      return Array.from(a, (x, i) => (x - (b[i] as number)) ** 2).reduce((sum, square) => sum + square, 0);
    };
    expect(away(aware)).toBeLessThan(away(productQuantize(net, options)));
  });

  it('refuses what is no layer, and inputs of another width', () => {
    const net = mlp({ input: [8], hidden: [4], classes: 2, seed: 1 });
    const data = { inputs: normal(random(1), [4, 8], {}), targets: array([4], [0, 1, 0, 1], 'int32') };
    const named = withParameters(net, {});
    expect(() => activationAwareProductQuantize(named, { data, length: 4, parameters: ['dense-1.bias'] })).toThrow(/dense-1\.bias/);
    expect(() => activationAwareValue({ kernel: array([4, 2], new Float32Array(8)), inputs: data.inputs }, { length: 2 })).toThrow(
      /4 rows/,
    );
  });
});
