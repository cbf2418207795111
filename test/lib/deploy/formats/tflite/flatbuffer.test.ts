import { Builder } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { openFlatbuffer } from '../../../../../lib/deploy/formats/tflite/flatbuffer.ts';
import { readTflite } from '../../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { tfliteBytes } from '../../../../../lib/deploy/formats/tflite/write/bytes.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { countAllocations } from './allocations.ts';
import { oneOperator } from './one-op.ts';

/** A table with a number, a text and a list of tables, all of which are one. */
function shared(copies: number): Uint8Array {
  const builder = new Builder(64);
  builder.startObject(1);
  builder.addFieldInt32(0, 7, 0);
  const leaf = builder.endObject();
  const text = builder.createString('häuser\u0007');
  builder.startVector(4, copies, 4);
  for (let i = 0; i < copies; i++) builder.addOffset(leaf);
  const list = builder.endVector();
  builder.startObject(4);
  builder.addFieldInt32(0, -5, 0);
  builder.addFieldOffset(1, text, 0);
  builder.addFieldOffset(3, list, 0);
  builder.finish(builder.endObject(), 'TFL3');
  return builder.asUint8Array().slice();
}

const wrong = (change: (view: DataView, bytes: Uint8Array) => void): Uint8Array => {
  const bytes = shared(2);
  change(new DataView(bytes.buffer), bytes);
  return bytes;
};

describe('a flatbuffer', () => {
  it('is read field by field, with defaults for what is left out', () => {
    const table = openFlatbuffer(shared(2), 'TFL3');
    expect(table.int32(0)).toBe(-5);
    expect(table.text(1)).toBe('häuser?');
    expect(table.has(2)).toBe(false);
    expect(table.float32(2, 1.5)).toBe(1.5);
    expect(table.int32(100, 3)).toBe(3);
    expect(table.tables(3).map(leaf => leaf.int32(0))).toEqual([7, 7]);
    expect(table.tables(2)).toEqual([]);
  });

  it('is refused where an offset, a list of fields or a length leads out of it', () => {
    const refused = (bytes: Uint8Array): void =>
      expect(() => openFlatbuffer(bytes, 'TFL3').tables(3)).toThrow(/does not begin|leads|lies outside|list of fields/);
    refused(new Uint8Array(0));
    refused(wrong((_, bytes) => bytes.set([0x54, 0x46, 0x4c, 0x34], 4)));
    for (const offset of [0, 0x7fffffff, 0xfffffff0]) refused(wrong(view => view.setUint32(0, offset, true)));
    const root = new DataView(shared(2).buffer).getUint32(0, true);
    for (const distance of [-(2 ** 31), 2 ** 31 - 1, -8, 1000]) refused(wrong(view => view.setInt32(root, distance, true)));
    const list = root - new DataView(shared(2).buffer).getInt32(root, true);
    for (const size of [0, 2, 5, 0xffff]) refused(wrong(view => view.setUint16(list, size, true)));
    for (const size of [0, 3, 0xffff]) refused(wrong(view => view.setUint16(list + 2, size, true)));
    for (const field of [1, 3, 0xffff]) refused(wrong(view => view.setUint16(list + 10, field, true)));
  });

  it('whose tables are all one is refused once they are read over and over', () => {
    expect(openFlatbuffer(shared(50), 'TFL3').tables(3)).toHaveLength(50);
    expect(() => {
      const table = openFlatbuffer(shared(5000), 'TFL3');
      for (let i = 0; i < 10; i++) table.tables(3);
    }).toThrow(/over and over/);
  });
});

describe('a file that says it is huge', () => {
  it('is refused before anything of that size is made', () => {
    const { file } = oneOperator(random(1), { op: 'RELU', type: 'int8' });
    const huge = file.tensors.map(tensor => ({ ...tensor, shape: [30000, 30000] }));
    const taken = countAllocations(() =>
      expect(() => readTflite(tfliteBytes({ ...file, tensors: huge }))).toThrow(/1800000000 bytes of tensors; at most/),
    );
    expect(taken).toBeLessThan(2 ** 16);
    const beyond = file.tensors.map(tensor => ({ ...tensor, shape: [2 ** 30, 2 ** 30, 2 ** 30] }));
    expect(() => readTflite(tfliteBytes({ ...file, tensors: beyond }))).toThrow(/has shape/);
  });

  it('with operators of others, versions to come and options of another operator says which', () => {
    const { file } = oneOperator(random(1), { op: 'RELU', type: 'int8' });
    const [operator] = file.operators;
    const later = tfliteBytes({ ...file, operators: [{ ...(operator as (typeof file.operators)[0]), version: 99 }] });
    expect(() => readTflite(later)).toThrow(/Operator 0 \(RELU, writes y\) has version 99; versions up to 3 are known/);
    const twice = { ...file, operators: [operator, operator] as typeof file.operators };
    expect(() => readTflite(tfliteBytes(twice))).toThrow(/which is written already/);
  });
});
