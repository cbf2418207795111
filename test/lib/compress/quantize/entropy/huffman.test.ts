import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { huffmanDecode, huffmanEncode } from '../../../../../lib/compress/quantize/entropy/bits.ts';
import {
  canonicalCode,
  countsOf,
  encodedBits,
  entropy,
  huffmanCode,
  kraftSum,
  noCode,
} from '../../../../../lib/compress/quantize/entropy/huffman.ts';

/** The bits of the best prefix code, by joining the two rarest of a list. */
function fewestBits(counts: readonly number[]): number {
  const left = counts.filter(count => count > 0);
  let bits = 0;
  while (left.length > 1) {
    left.sort((a, b) => b - a);
    const joined = (left.pop() as number) + (left.pop() as number);
    bits += joined;
    left.push(joined);
  }
  return bits;
}

describe('Huffman codes', () => {
  it('takes 1.75 bits where the shares are 1/2, 1/4, 1/8, 1/8', () => {
    const counts = [4, 2, 1, 1];
    expect(encodedBits(huffmanCode(counts), counts) / 8).toBe(1.75);
    expect(entropy(counts)).toBe(1.75);
  });

  it('codes, decodes, and takes as few bits as any prefix code', () => {
    const lists = fc.array(fc.nat({ max: 40 }), { maxLength: 300 });
    fc.assert(
      fc.property(lists, symbols => {
        const counts = countsOf(symbols);
        const code = huffmanCode(counts);
        const bits = encodedBits(code, counts);
        const bytes = huffmanEncode(symbols, code);
        expect(bytes.length).toBe(Math.ceil(bits / 8));
        expect([...huffmanDecode(bytes, code, symbols.length)]).toEqual(symbols);
        expect(bits).toBe(fewestBits([...counts]));
        expect(kraftSum(code.lengths)).toBe(symbols.length > 0 ? 1 : 0);
        if (symbols.length === 0) return;
        const h = entropy(counts);
        expect(bits / symbols.length).toBeGreaterThanOrEqual(h - 1e-9);
        expect(bits / symbols.length).toBeLessThan(h + 1);
      }),
      { numRuns: 300 },
    );
  });

  it('has no code that begins another', () => {
    const { lengths, codes } = huffmanCode([5, 0, 9, 1, 1, 30, 2, 2, 2]);
    const words = [...lengths].flatMap((length, s) => (length === noCode ? [] : [codes[s]?.toString(2).padStart(length, '0') as string]));
    for (const a of words) for (const b of words) expect(a === b || !b.startsWith(a)).toBe(true);
  });

  it('comes from its lengths alone', () => {
    const code = huffmanCode([3, 1, 4, 1, 5, 9, 2, 6]);
    expect(canonicalCode(code.lengths)).toEqual(code);
    expect(() => canonicalCode(Uint8Array.of(1, 2))).toThrow(/0\.75/);
    expect(() => canonicalCode(Uint8Array.of(1, 1, 1))).toThrow(/1\.5/);
  });

  it('takes no bits for a single symbol, and none for nothing', () => {
    const single = huffmanCode([0, 0, 7]);
    expect(huffmanEncode([2, 2, 2], single)).toEqual(new Uint8Array(0));
    expect([...huffmanDecode(new Uint8Array(0), single, 3)]).toEqual([2, 2, 2]);
    expect(entropy([0, 0, 7])).toBe(0);
    const none = huffmanCode([]);
    expect(huffmanEncode([], none)).toEqual(new Uint8Array(0));
    expect(huffmanDecode(new Uint8Array(0), none, 0)).toEqual(new Int32Array(0));
    expect(entropy([])).toBe(0);
  });

  it('codes symbols whose codes are longer than a word', () => {
    const counts = [1, 1];
    while (counts.length < 40) counts.push((counts.at(-1) as number) + (counts.at(-2) as number));
    const code = huffmanCode(counts.map(count => Math.min(count, 2 ** 30)).slice(0, 40));
    expect(Math.max(...code.lengths)).toBeGreaterThan(32);
    const symbols = [...counts.keys(), ...counts.keys()].sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11));
    expect([...huffmanDecode(huffmanEncode(symbols, code), code, symbols.length)]).toEqual(symbols);
  });

  it('refuses counts that are none, symbols without a code, and bytes that end too early', () => {
    for (const counts of [[-1], [0.5], [Number.NaN], [Number.POSITIVE_INFINITY], [2 ** 30, 2 ** 30]])
      expect(() => huffmanCode(counts)).toThrow(/Counts/);
    const code = huffmanCode([1, 0, 1]);
    expect(() => huffmanEncode([0, 1], code)).toThrow(/Symbol 1/);
    expect(() => huffmanEncode([9], code)).toThrow(/Symbol 9/);
    expect(() => huffmanDecode(Uint8Array.of(0), code, 9)).toThrow(/after 8 of 9/);
    expect(() => huffmanDecode(Uint8Array.of(0), huffmanCode([]), 1)).toThrow(/after 0 of 1/);
  });
});
