import { describe, expect, it } from 'vitest';
import { bytesOf, elementTypes, holds, isElements, zerosOf } from '../../../lib/deploy/element-types.ts';

describe('element types', () => {
  it.each([
    ['float32', 'Float32Array', 20],
    ['int4', 'Int8Array', 3],
    ['int8', 'Int8Array', 5],
    ['uint8', 'Uint8Array', 5],
    ['int16', 'Int16Array', 10],
    ['int32', 'Int32Array', 20],
    ['int64', 'BigInt64Array', 40],
    ['bool', 'Uint8Array', 5],
  ] as const)('%s lies in a %s, and 5 of them take %i bytes', (type, kind, bytes) => {
    const zeros = zerosOf(type, 5);
    expect(zeros.constructor.name).toBe(kind);
    expect(zeros).toHaveLength(5);
    expect(isElements(type, zeros)).toBe(true);
    expect(holds(type, zeros)).toBe(true);
    expect(bytesOf({ shape: [5], type })).toBe(bytes);
    expect(bytesOf({ shape: [], type })).toBe(Math.ceil(bytesOf({ shape: [8], type }) / 8));
    expect(bytesOf({ shape: [0, 3], type })).toBe(0);
    expect(elementTypes).toContain(type);
  });

  it('are told apart by what they hold', () => {
    expect(holds('int4', Int8Array.of(-8, 7))).toBe(true);
    expect(holds('int4', Int8Array.of(-9))).toBe(false);
    expect(holds('bool', Uint8Array.of(0, 1, 2))).toBe(false);
    expect(holds('int8', Int8Array.of(-128))).toBe(true);
    expect(isElements('int8', Uint8Array.of(1))).toBe(false);
    expect(isElements('int32', [1] as never)).toBe(false);
  });
});
