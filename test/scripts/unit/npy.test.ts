import { describe, expect, test } from 'vitest';
import { npyBytes, readNpy } from '../../../scripts/programs/npy.ts';

describe('.npy files', () => {
  test('hold every kind of number, in any shape', () => {
    for (const kind of [Int8Array, Uint8Array, Int16Array, Int32Array, Float32Array, Float64Array])
      for (const shape of [[6], [2, 3], [1, 2, 3]])
        expect(readNpy(npyBytes({ shape, data: kind.of(1, 2, 3, 4, 5, 6) }), 'x')).toEqual({ shape, data: kind.of(1, 2, 3, 4, 5, 6) });
    expect(readNpy(npyBytes({ shape: [], data: BigInt64Array.of(7n) }), 'x')).toEqual({ shape: [], data: BigInt64Array.of(7n) });
  });

  test('that are damaged or strange are refused', () => {
    const good = npyBytes({ shape: [2, 3], data: new Int16Array(6) });
    expect(() => readNpy(good.subarray(0, good.length - 1), 'x')).toThrow(/says \[2,3\] of <i2 and holds 11 bytes/);
    expect(() => readNpy(good.subarray(0, 30), 'x')).toThrow(/cut off/);
    const other = (from: string, to: string) =>
      Uint8Array.from(Buffer.from(Buffer.from(good).toString('latin1').replace(from, to), 'latin1'));
    expect(() => readNpy(other('<i2', '|O '), 'x')).toThrow(/elements of/);
    expect(() => readNpy(other('False', 'True '), 'x')).toThrow(/columns come first/);
    expect(() => readNpy(other('(2, 3)', '(9, 9)'), 'x')).toThrow(/says \[9,9\]/);
  });
});
