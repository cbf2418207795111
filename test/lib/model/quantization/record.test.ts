import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decode } from '../../../../lib/check/decode.ts';
import { encode } from '../../../../lib/check/encode.ts';
import { network } from '../../../../lib/model/build.ts';
import { type Model, type Parameter, withParameters } from '../../../../lib/model/model.ts';
import { affine } from '../../../../lib/model/quantization/affine.ts';
import { codebook } from '../../../../lib/model/quantization/codebook.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { checkedModel, decodeModel, type EncodedModel, encodeModel } from '../../../../lib/model/serialize.ts';
import { array, zeros } from '../../../../lib/tensor/array.ts';
import { LabError } from '../../../../lib/tensor/errors.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { perAxis, perGroup } from '../../../../lib/tensor/tiles.ts';
import { arbitraryQuantized } from './arbitrary-quantization.ts';

const shape = [4, 6];
const base = network('one', [4], { seed: 1 }).dense(6, { bias: false }).model();
const withKernel = (change: Partial<Parameter>): Model => withParameters(base, { 'dense-1.kernel': change });
const kernelOf = (model: Model): Parameter => model.parameters['dense-1.kernel'] as Parameter;

interface GraphFile {
  parameters: Record<string, Record<string, unknown>>;
}
const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);
const recordOf = ({ graph }: EncodedModel): unknown => (JSON.parse(textOf(graph)) as GraphFile).parameters['dense-1.kernel'];

const scales = {
  value: array([1, 6], [1, 2, 3, 4, 5, 6], 'uint8'),
  quantization: affine({ shape: [1, 6], bits: 4, tile: [1, 3], scale: [0.5, 2] }),
};
const exponents = {
  value: zeros([2, 6], 'uint8'),
  quantization: codebook({
    shape: [2, 6],
    bits: 1,
    tile: [2, 1],
    entries: 'e1m0',
    scale: { value: array([1, 6], [127, 128, 0, 254, 1, 2], 'uint8'), quantization: codebook({ shape: [1, 6], bits: 8, entries: 'e8m0' }) },
  }),
};
const kinds: readonly (readonly [string, Partial<Parameter>, unknown])[] = [
  [
    'affine',
    {
      value: zeros(shape, 'int4'),
      quantization: affine({ shape, bits: 3, tile: perAxis(shape, 1), scale: [1, 2, 3, 4, 5, 6], zeroPoint: [0, 0, 1, 0, 0, 0] }),
    },
    { kind: 'affine', bits: 3, tile: [4, 1], scale: 'float32', zeroPoint: 'int32' },
  ],
  [
    'scales on two levels',
    { value: zeros(shape, 'int8'), quantization: affine({ shape, bits: 8, tile: perAxis(shape, 1), scale: scales }) },
    {
      kind: 'affine',
      bits: 8,
      tile: [4, 1],
      scale: { dtype: 'uint8', quantization: { kind: 'affine', bits: 4, tile: [1, 3], scale: 'float32' } },
    },
  ],
  [
    '±1 in one bit',
    { value: zeros(shape, 'uint8'), quantization: codebook({ shape, bits: 1, tile: [4, 6], entries: [-1, 1], scale: [0.5] }) },
    { kind: 'codebook', bits: 1, tile: [4, 6], scale: 'float32' },
  ],
  [
    'vectors',
    { value: zeros([2, 6], 'uint8'), quantization: codebook({ shape, bits: 5, entries: zeros([7, 2]), vector: { axis: 0, length: 2 } }) },
    { kind: 'codebook', bits: 5, tile: [4, 6], vector: { axis: 0, length: 2 } },
  ],
  [
    'blocks',
    { value: zeros([2, 2], 'uint8'), quantization: codebook({ shape, bits: 5, entries: zeros([7, 6]), vector: { block: [2, 3] } }) },
    { kind: 'codebook', bits: 5, tile: [4, 6], vector: { block: [2, 3] } },
  ],
  [
    'numbers of a format',
    {
      value: zeros(shape, 'uint8'),
      quantization: codebook({ shape, bits: 8, tile: [4, 1], entries: 'fp8-e4m3', scale: [1, 2, 3, 4, 5, 6] }),
    },
    { kind: 'codebook', bits: 8, tile: [4, 1], scale: 'float32', format: 'fp8-e4m3' },
  ],
  [
    'shared exponents below scales',
    { value: zeros(shape, 'int8'), quantization: affine({ shape, bits: 5, tile: [2, 1], scale: exponents }) },
    {
      kind: 'affine',
      bits: 5,
      tile: [2, 1],
      scale: {
        dtype: 'uint8',
        quantization: {
          kind: 'codebook',
          bits: 1,
          tile: [2, 1],
          format: 'e1m0',
          scale: { dtype: 'uint8', quantization: { kind: 'codebook', bits: 8, tile: [1, 6], format: 'e8m0' } },
        },
      },
    },
  ],
];

test.each(kinds)('the record of %s, which comes back the same', (_, change, quantization) => {
  const encoded = encodeModel(withKernel(change));
  expect(recordOf(encoded)).toEqual({ dtype: change.value?.dtype, trainable: true, quantization });
  expect(kernelOf(decodeModel(encoded))).toEqual({ ...change, trainable: true });
});

test('every quantization comes back bit for bit, from a file and from a check, and equal models give equal bytes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), seed => {
      const model = withKernel(arbitraryQuantized(shape, random(seed)));
      const encoded = encodeModel(model);
      const copy = decodeModel(encoded);
      expect(kernelOf(copy)).toEqual(kernelOf(model));
      expect(realValue(kernelOf(copy))).toEqual(realValue(kernelOf(model)));
      expect(encodeModel(copy)).toEqual(encoded);
      expect(encodeModel(checkedModel(model))).toEqual(encoded);
      expect(decode(encode(model))).toEqual(model);
    }),
    { numRuns: 150, seed: 9 },
  );
});

describe('hostile records', () => {
  type RecordFile = Record<string, unknown> & {
    scale: { dtype: unknown; quantization: Record<string, unknown> };
    vector: Record<string, unknown>;
  };
  const fourth = (scale: RecordFile['scale']): void => {
    const third = scale.quantization.scale as RecordFile['scale'];
    third.quantization.scale = structuredClone(third);
  };
  function decoded(kind: number, change: (record: RecordFile) => void, limits = {}): string {
    const good = encodeModel(withKernel((kinds[kind] as (typeof kinds)[number])[1]));
    const graph = JSON.parse(textOf(good.graph)) as GraphFile;
    change(graph.parameters['dense-1.kernel']?.quantization as RecordFile);
    try {
      decodeModel({ ...good, graph: Buffer.from(JSON.stringify(graph)) }, limits);
    } catch (error) {
      if (error instanceof LabError) return error.code;
      throw error;
    }
    return 'accepted';
  }

  it.each<[string, string, number, (record: RecordFile) => void]>([
    ['nothing changed', 'accepted', 0, () => undefined],
    ['another kind', 'model/quantization', 0, r => (r.kind = 'magic')],
    ['a kind of Object.prototype', 'model/quantization', 0, r => (r.kind = 'constructor')],
    ['an affine code book', 'model/parameter', 0, r => Object.assign(r, { kind: 'codebook', zeroPoint: undefined })],
    ['a field of the other kind', 'model/graph', 0, r => (r.vector = { axis: 0, length: 2 })],
    ['an unknown field', 'model/graph', 0, r => (r.extra = 1)],
    ['bits that are text', 'model/quantization', 0, r => (r.bits = '3')],
    ['more bits than the dtype', 'model/quantization', 0, r => (r.bits = 5)],
    ['no tile', 'shape/tile', 0, r => Reflect.deleteProperty(r, 'tile')],
    ['a tile that is text', 'shape/tile', 0, r => (r.tile = '41')],
    ['a huge tile', 'shape/tile', 0, r => (r.tile = [2 ** 40, 1])],
    ['a tile of fractions', 'shape/tile', 0, r => (r.tile = [4, 1e-9])],
    ['a tile of text', 'shape/tile', 0, r => (r.tile = ['4', 1])],
    ['a tile with more scales than the file', 'model/parameter', 0, r => (r.tile = [1, 1])],
    ['no scale', 'model/quantization', 0, r => Reflect.deleteProperty(r, 'scale')],
    ['a scale in another dtype', 'model/graph', 0, r => (r.scale = 'float64' as never)],
    ['a zero point left out', 'model/parameter', 0, r => Reflect.deleteProperty(r, 'zeroPoint')],
    ['scales of no dtype', 'model/dtype', 1, r => (r.scale.dtype = 'float64')],
    ['scales of real numbers', 'model/parameter', 1, r => (r.scale.dtype = 'float32')],
    ['scales without a kind', 'model/quantization', 1, r => (r.scale.quantization = { bits: 4 })],
    ['scales that their bits do not hold', 'model/quantization', 1, r => (r.scale.quantization.bits = 2)],
    ['scales of scales of scales', 'model/quantization', 1, r => (r.scale.quantization.scale = structuredClone(r.scale))],
    ['scales that are null', 'model/graph', 1, r => (r.scale = null as never)],
    ['vectors in scales', 'model/graph', 1, r => (r.scale.quantization.vector = { axis: 0, length: 1 })],
    ['vectors along no axis', 'model/quantization', 3, r => (r.vector.axis = 7)],
    ['vectors along a method', 'model/quantization', 3, r => (r.vector.axis = 'map')],
    ['vectors of another length', 'model/quantization', 3, r => (r.vector.length = 4)],
    ['endless vectors', 'model/quantization', 3, r => (r.vector.length = 1e300)],
    ['vectors of nothing', 'model/quantization', 3, r => (r.vector.length = 0)],
    ['vectors with a secret', 'model/graph', 3, r => (r.vector.more = 1)],
    ['vectors left out', 'model/quantization', 3, r => Reflect.deleteProperty(r, 'vector')],
    ['a block that is text', 'model/quantization', 4, r => (r.vector.block = '23')],
    ['a block of another rank', 'model/quantization', 4, r => (r.vector.block = [2, 3, 1])],
    ['a block that divides one axis', 'model/quantization', 4, r => (r.vector.block = [2, 4])],
    ['a block of nothing', 'model/quantization', 4, r => (r.vector.block = [0, 3])],
    ['a block of fractions', 'model/quantization', 4, r => (r.vector.block = [0.5, 12])],
    ['a block of text', 'model/quantization', 4, r => (r.vector.block = ['2', '3'])],
    ['an endless block', 'model/quantization', 4, r => (r.vector.block = [1e300, 1e300])],
    ['a block with holes', 'model/quantization', 4, r => (r.vector.block = [null, 3])],
    ['a block of another size', 'model/quantization', 4, r => (r.vector.block = [2, 2])],
    ['a block along an axis too', 'model/graph', 4, r => Object.assign(r.vector, { axis: 0, length: 2 })],
    ['a format that there is not', 'model/quantization', 5, r => (r.format = 'fp7')],
    ['a format of other bits', 'model/quantization', 5, r => (r.format = 'fp4-e2m1')],
    ['a format that is a list', 'model/quantization', 5, r => (r.format = [1, 2])],
    ['a format that is null', 'model/quantization', 5, r => (r.format = null)],
    ['a format of Object.prototype', 'model/quantization', 5, r => (r.format = 'constructor')],
    ['no format, and no entries in the file', 'model/parameter', 5, r => Reflect.deleteProperty(r, 'format')],
    ['a format of vectors', 'model/quantization', 5, r => (r.vector = { axis: 0, length: 1 })],
    ['four levels of scales', 'model/quantization', 6, r => fourth(r.scale)],
    [
      'real scales below two levels',
      'model/parameter',
      6,
      r => ((r.scale.quantization.scale as RecordFile['scale']).quantization.scale = 'float32'),
    ],
  ])('%s: %s', (_, code, ...damage) => {
    expect(decoded(...damage)).toBe(code);
  });

  it('vectors that stand for more values than a model may have', () => {
    expect(decoded(3, () => undefined, { values: 23 })).toBe('model/limit');
    expect(decoded(3, () => undefined, { values: 24 })).toBe('accepted');
    expect(decoded(4, () => undefined, { values: 23 })).toBe('model/limit');
    expect(decoded(4, () => undefined, { values: 24 })).toBe('accepted');
  });

  it.each(kinds)('any damaged byte of %s gives a named error or a whole model', (_, change) => {
    const good = encodeModel(withKernel(change));
    const place = fc.record({ part: fc.constantFrom('graph' as const, 'values' as const), at: fc.nat(), byte: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 3 }), damage => {
        const copy = { graph: good.graph.slice(), values: good.values.slice() };
        for (const { part, at, byte } of damage) copy[part][at % copy[part].length] = byte;
        let code = 'accepted';
        try {
          decodeModel(copy);
        } catch (error) {
          code = error instanceof LabError ? error.code : String(error);
        }
        expect(code).toMatch(/^(accepted|model\/[a-z]+|shape\/[a-z]+)$/);
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'model/quantization'],
    ['without a kind', { bits: 8, granularity: {} }, 'model/quantization'],
    ['with a number for a scale', { kind: 'affine', bits: 8, tile: [4, 6], scale: 1 }, 'model/graph'],
    [
      'with a scale that only looks like an array',
      { kind: 'affine', bits: 8, tile: [4, 6], scale: { shape: [1], dtype: 'float32', data: [1] } },
      'model/graph',
    ],
    [
      'with a scale cut short',
      { kind: 'affine', bits: 8, tile: [4, 1], scale: { shape: [1, 6], dtype: 'float32', data: new Float32Array(2) } },
      'array/size',
    ],
    ['with entries that are a list', { kind: 'codebook', bits: 8, tile: [4, 6], entries: [1, 2] }, 'model/parameter'],
    [
      'with entries that are not those of its format',
      { kind: 'codebook', bits: 4, tile: [4, 6], format: 'fp4-e2m1', entries: zeros([16]) },
      'model/quantization',
    ],
    ['without entries', { kind: 'codebook', bits: 8, tile: [4, 6] }, 'model/parameter'],
    ['that contains itself', cyclic(), 'model/quantization'],
  ])('a value that is no quantization, %s, is refused by name', (_, quantization, code) => {
    const model = withKernel({ value: zeros(shape, 'int8'), quantization: quantization as never });
    expect(() => checkedModel(model)).toThrow(expect.objectContaining({ code }));
  });
});

function cyclic(): unknown {
  const scale: Record<string, unknown> = { value: zeros([1, 1], 'int8') };
  scale.quantization = { kind: 'affine', bits: 8, tile: [1, 1], scale };
  return { kind: 'affine', bits: 8, tile: perGroup(shape, 0, 1), scale };
}
