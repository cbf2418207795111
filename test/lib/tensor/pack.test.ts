import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { array } from '../../../lib/tensor/array.ts';
import { elementsOf, int4, pack, unpack, unpackAt } from '../../../lib/tensor/pack.ts';

/** Bit k of the stream is bit k mod 8 of byte ⌊k / 8⌋; every value gives its bits from the lowest on. */
function reference(values: readonly number[], bits: number): number[] {
  const stream = values.flatMap(value => Array.from({ length: bits }, (_, k) => Math.floor((value + 2 ** bits) / 2 ** k) % 2));
  const bytes = Array.from({ length: Math.ceil(stream.length / 8) }, () => 0);
  for (const [k, bit] of stream.entries()) bytes[Math.floor(k / 8)] = (bytes[Math.floor(k / 8)] as number) + bit * 2 ** (k % 8);
  return bytes;
}

const packings = fc.record({ bits: fc.integer({ min: 1, max: 8 }), signed: fc.boolean() });
const packed = packings.chain(packing => {
  const low = packing.signed ? -(2 ** (packing.bits - 1)) : 0;
  return fc.tuple(fc.constant(packing), fc.array(fc.integer({ min: low, max: low + 2 ** packing.bits - 1 }), { maxLength: 40 }));
});

describe('packed integers', () => {
  it('golden bytes: lowest bits first, across bytes, leftover bits 0', () => {
    expect([...pack([1, 0, 1, 1, 0, 0, 0, 1, 1], { bits: 1 })]).toEqual([0b1000_1101, 0b1]);
    expect([...pack([1, 2, 3, 0, 2], { bits: 2 })]).toEqual([0b00_11_10_01, 0b10]);
    expect([...pack([2, 5, 7, 1], { bits: 3 })]).toEqual([0b11_101_010, 0b001_1]);
    expect([...pack([-1, -8, 7], int4)]).toEqual([0x8f, 0x07]);
    expect([...pack([31, 0, 21], { bits: 5 })]).toEqual([0b000_11111, 0b0_10101_00]);
    expect([...pack([-64, 63], { bits: 7, signed: true })]).toEqual([0b1_1000000, 0b00_011111]);
    expect([...pack([255, 0, 128], { bits: 8 })]).toEqual([255, 0, 128]);
    expect([...pack([], { bits: 3 })]).toEqual([]);
  });

  it('are the reference, come back the same, and can be read one by one, at all widths', () => {
    fc.assert(
      fc.property(packed, ([packing, values]) => {
        const bytes = pack(values, packing);
        expect([...bytes]).toEqual(reference(values, packing.bits));
        const back = unpack(bytes, { ...packing, length: values.length });
        expect([...back]).toEqual(values);
        expect(back).toBeInstanceOf(packing.signed ? Int8Array : Uint8Array);
        if (!packing.signed) expect(values.map((_, i) => unpackAt(bytes, packing.bits, i))).toEqual(values);
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it('an int4 array holds two a byte, other arrays their elements as they are', () => {
    expect([...elementsOf(array([3], Uint8Array.of(0x8f, 0x07), 'int4'))]).toEqual([-1, -8, 7]);
    expect([...elementsOf(array([0, 2], new Uint8Array(0), 'int4'))]).toEqual([]);
    const plain = array([2], [1, -2], 'int8');
    expect(elementsOf(plain)).toBe(plain.data);
  });

  it.each([
    ['a value too large', () => pack([0, 4], { bits: 2 }), 'pack/range'],
    ['a negative one without sign', () => pack([-1], { bits: 8 }), 'pack/range'],
    ['one beyond the sign', () => pack([2], { bits: 2, signed: true }), 'pack/range'],
    ['a fraction', () => pack([0.5], { bits: 2 }), 'pack/range'],
    ['NaN', () => pack([Number.NaN], { bits: 2 }), 'pack/range'],
    ['no bits', () => pack([0], { bits: 0 }), 'pack/bits'],
    ['nine bits', () => unpack([0, 0], { bits: 9, length: 1 }), 'pack/bits'],
    ['bytes too few', () => unpack([0], { bits: 3, length: 3 }), 'pack/length'],
    ['bytes too many', () => unpack([0, 0], { bits: 3, length: 2 }), 'pack/length'],
  ])('%s is refused', (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
