import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { productBytes, productQuantize, productValue, type VectorCoded } from '../../../../../lib/compress/quantize/codebook/product.ts';
import { parameterBits } from '../../../../../lib/measure/model-size.ts';
import { batchOf, forward } from '../../../../../lib/model/forward.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { decodeModel, encodeModel } from '../../../../../lib/model/serialize.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { integers, normal, random } from '../../../../../lib/tensor/random.ts';
import { scope } from '../../../../../lib/tensor/scope.ts';

const real = (stored: VectorCoded): NDArray => realValue({ ...stored, trainable: true });
const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });

describe('product quantization by blocks', () => {
  it('of windows is that of columns of 9, since both are the same numbers', () => {
    const value = normal(random(1), [3, 3, 8, 16]);
    const blocks = productValue({ value }, { block: [3, 3, 1, 1], entries: 20 });
    const columns = productValue({ value: array([9, 128], value.data) }, { length: 9, axis: 0, entries: 20 });
    expect(blocks.value.shape).toEqual([1, 1, 8, 16]);
    expect(blocks.value.data).toEqual(columns.value.data);
    expect(blocks.quantization.entries).toEqual(columns.quantization.entries);
    expect(real(blocks).data).toEqual(real(columns).data);
  });

  it('of one axis is that of vectors along it', () => {
    const value = normal(random(2), [3, 3, 8, 6]);
    const blocks = productValue({ value }, { block: [1, 1, 4, 1], entries: 9 });
    const line = productValue({ value }, { length: 4, entries: 9 });
    expect([blocks.value, real(blocks)]).toEqual([line.value, real(line)]);
  });

  it('takes 16,384 bytes of indices and 4,608 of a code book for a kernel 3 × 3 of 128 channels, a 28.1th of float32', () => {
    const { indices, codebook } = productBytes({ values: 128 * 128 * 9, length: 9, entries: 256, entryBits: 16 });
    expect([indices, codebook, ((128 * 128 * 9 * 4) / (indices + codebook)).toFixed(1)]).toEqual([16384, 4608, '28.1']);
    const stored = productValue({ value: normal(random(3), [3, 3, 128, 128]) }, { block: [3, 3, 1, 1], entries: 256, iterations: 0 });
    expect(stored.value.data).toHaveLength(128 * 128);
    expect(parameterBits({ ...stored, trainable: true })).toBe(8 * (16384 + 2 * 4608));
  });

  it('finds windows that were planted, in any block', () => {
    const block = fc.constantFrom([3, 3, 1, 1], [3, 3, 2, 1], [1, 3, 1, 1], [3, 1, 2, 2], [1, 1, 1, 1]);
    fc.assert(
      fc.property(fc.integer(), block, (seed, [h, w, i, o]) => {
        const book = normal(random(seed), [5, h * w * i * o]);
        const codes = integers(random(seed + 1), [3 / h, 3 / w, 4 / i, 6 / o], { low: 0, high: 4 });
        const at = ([y, x, c, f]: readonly [number, number, number, number]): number => {
          const index = (((Math.floor(y / h) * (3 / w) + Math.floor(x / w)) * 4) / i + Math.floor(c / i)) * (6 / o) + Math.floor(f / o);
          const within = (((y % h) * w + (x % w)) * i + (c % i)) * o + (f % o);
          return book.data[(codes.data[index] as number) * h * w * i * o + within] as number;
        };
        const data = Float32Array.from({ length: 216 }, (_, n) =>
          at([Math.floor(n / 72), Math.floor(n / 24) % 3, Math.floor(n / 6) % 4, n % 6]),
        );
        const stored = productValue({ value: array([3, 3, 4, 6], data) }, { block: [h, w, i, o], entries: 8 });
        expect(stored.quantization.entries.shape).toEqual([new Set(codes.data).size, h * w * i * o]);
        expect(real(stored).data).toEqual(data);
      }),
      { numRuns: 60 },
    );
  });

  it('quantizes the convolutions of a net and leaves its dense layers; the net runs, and is the same from a file', () => {
    const net = vgg({ widths: [4, 8], seed: 1 });
    const small = productQuantize(net, { block: [3, 3, 1, 1], entries: 16 });
    const changed = Object.keys(net.parameters).filter(name => small.parameters[name]?.quantization);
    expect(changed).toEqual(['conv2d-1.kernel', 'conv2d-2.kernel']);
    const read = decodeModel(encodeModel(small));
    expect(read).toEqual(small);
    const plain = withParameters(
      net,
      Object.fromEntries(changed.map(name => [name, { value: realValue(small.parameters[name] as Parameter) }])),
    );
    const images = normal(random(4), [2, 28, 28, 1]);
    const logits = (model: typeof net): unknown => scope(() => forward(model, batchOf(images, { from: 0, to: 2 })).dataSync());
    expect(logits(read)).toEqual(logits(plain));
  });

  it('refuses blocks that do not divide, of another rank, or of no numbers', () => {
    const value = normal(random(5), [3, 3, 4, 2]);
    for (const block of [[2, 3, 1, 1], [3, 3], [3, 3, 0, 1], [3, 3, 1.5, 1], [3, 3, 1, -1], [], [3, 3, 1, 1, 1], [Number.NaN, 1, 1, 1]])
      expect(() => productValue({ value }, { block })).toThrow(coded('quantize/vector'));
    expect(() => productQuantize(mlp({ hidden: [8] }), { block: [3, 3, 1, 1] })).toThrow(/\[3,3,1,1\] divide no weight/);
    expect(() => productValue({ value: array([3, 3, 0, 2], []) }, { block: [3, 3, 1, 1] })).toThrow(coded('quantize/vector'));
    const mask = array([3, 3, 4, 2], new Float32Array(72));
    expect(() => productValue({ value, mask }, { block: [3, 3, 1, 1] })).toThrow(coded('quantize/mask'));
  });
});
