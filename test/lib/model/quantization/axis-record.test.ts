import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Parameter } from '../../../../lib/model/model.ts';
import { realValue } from '../../../../lib/model/real-value.ts';
import { decodeModel, type EncodedModel, encodeModel } from '../../../../lib/model/serialize.ts';
import { array, type NDArray, zeros } from '../../../../lib/tensor/array.ts';

describe('files from before tiles', () => {
  const header = { int8: 'I8', uint8: 'U8', float32: 'F32', int32: 'I32' };
  /** A dense layer [4, 2] as version 0.2 wrote it. */
  function file(record: object, tensors: Record<string, NDArray>): EncodedModel {
    let offset = 0;
    const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
      const start = offset;
      offset += data.byteLength;
      return [name, { dtype: header[dtype as keyof typeof header], shape, data_offsets: [start, offset] }];
    });
    const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const values = Buffer.concat([length, json, ...Object.values(tensors).map(({ data }) => Buffer.from(data.buffer))]);
    const nodes = [
      { id: 'input', op: 'input', attributes: { shape: [4] }, inputs: [], parameters: {} },
      { id: 'd', op: 'dense', attributes: { units: 2, bias: false, initial: 'he' }, inputs: ['input'], parameters: { kernel: 'd.kernel' } },
    ];
    const sha256 = createHash('sha256').update(values).digest('hex');
    const parameters = { 'd.kernel': { dtype: 'int8', trainable: true, quantization: record } };
    const graph = JSON.stringify({ format: 'tinylab model', version: 1, name: 'old', nodes, output: 'd', parameters, sha256 });
    return { graph: Buffer.from(graph), values };
  }
  const value = array([4, 2], [1, 2, 3, 4, 5, 6, 7, 0], 'int8');
  const tables = (scale: number[], zeroPoint: number[]): Record<string, NDArray> => ({
    'd.kernel#scale': array([scale.length], scale),
    'd.kernel#zero-point': array([zeroPoint.length], zeroPoint, 'int32'),
    'd.kernel': value,
  });

  it.each<[string, object, Record<string, NDArray>, number[], object]>([
    ['one scale', { bits: 8, codebook: false }, tables([0.5], [1]), [0, 0.5, 1, 1.5, 2, 2.5, 3, -0.5], { kind: 'affine', tile: [4, 2] }],
    [
      'a scale for each column',
      { bits: 4, axis: 1, codebook: false },
      tables([1, 10], [0, 1]),
      [1, 10, 3, 30, 5, 50, 7, -10],
      { kind: 'affine', tile: [4, 1] },
    ],
    [
      'groups of three rows',
      { bits: 4, axis: 0, group: 3, codebook: false },
      tables([1, 10, 100, 1000], [0, 0, 0, 2]),
      [1, 20, 3, 40, 5, 60, 700, -2000],
      { kind: 'affine', tile: [3, 1] },
    ],
    [
      'a code book, with a scale that means nothing',
      { bits: 3, codebook: true },
      { ...tables([9], [9]), 'd.kernel#codebook': array([8], [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]) },
      [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 0],
      { kind: 'codebook', tile: [4, 2], entries: array([8], [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]) },
    ],
    [
      'a code book for each row',
      { bits: 3, axis: 0, codebook: true },
      {
        ...tables([9], [9]),
        'd.kernel#codebook': array(
          [4, 8],
          Float32Array.from({ length: 32 }, (_, i) => i),
        ),
      },
      [1, 2, 11, 12, 21, 22, 31, 24],
      {
        kind: 'codebook',
        tile: [1, 2],
        entries: array(
          [4, 1, 8],
          Float32Array.from({ length: 32 }, (_, i) => i),
        ),
      },
    ],
  ])('%s: load, mean the same numbers, and are saved as tiles', (_, ...given) => {
    const [record, tensors, real, quantization] = given;
    const model = decodeModel(file(record, tensors));
    const parameter = model.parameters['d.kernel'] as Parameter;
    expect([...realValue(parameter).data]).toEqual(real);
    expect(parameter.value).toEqual(value);
    expect(parameter.quantization).toMatchObject(quantization);
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });

  it.each<[string, object]>([
    ['no axis', { bits: 8, axis: 2 }],
    ['a group without an axis', { bits: 8, group: 2 }],
    ['a group of nobody', { bits: 8, axis: 0, group: 0 }],
    ['an axis that is text', { bits: 8, axis: '0' }],
    ['scales for another axis', { bits: 8, axis: 0 }],
    ['bits that do not hold the values', { bits: 2 }],
    ['a code book of another size', { bits: 4, codebook: true }],
  ])('%s is refused', (_, record) => {
    const tensors = { ...tables([1], [0]), ...('codebook' in record ? { 'd.kernel#codebook': zeros([8]) } : {}) };
    expect(() => decodeModel(file(record, tensors))).toThrow(expect.objectContaining({ code: 'model/quantization' }));
  });
});
