import { type Question, question, type Random } from 'tinylab';
import { bytesOf, halves, joined, type Operands, type PairSlips, packedBytes, pairProduct, register, widened } from './words.ts';

// Two products in one instruction, bit for bit.

const edges = [-32768, 32767, -1, 0, 1, 255, -256];

/** Words and a sum: ends of the range and whatever lies between, so that sums wrap. */
function words(rng: Random, i: number): Operands {
  const lane = (): number => (i % 3 === 0 ? rng.pick(edges) : rng.int(-32768, 32767));
  if (i === 1) return { a: joined(-32768, -32768), b: joined(-32768, -32768), sum: rng.int(1, 9) };
  const sum = i % 2 === 0 ? rng.int(-9000, 9000) : register(2 ** 31 - rng.int(1, 2 ** 20));
  return { a: joined(lane(), lane()), b: joined(lane(), lane()), sum };
}

const unsigned = (word: number): [number, number] => halves(word).map(lane => lane & 65535) as [number, number];
const limit = (total: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, total));
const short = (value: number): number => Int16Array.of(value)[0] as number;

const pairSlips: readonly (readonly [PairSlips, string])[] = [
  [{ pair: ([al, ah], [bl, bh]) => al * bh + ah * bl }, 'You crossed the lanes (that is SMLADX): low times low, high times high.'],
  [{ keep: limit }, 'You stopped at the ends of 32 bits. SMLAD does not saturate: the sum wraps around.'],
  [{ keep: total => total }, 'A register has 32 bits: `| 0` keeps the lower 32 of a sum, with their sign.'],
  [{ keep: total => total >>> 0 }, 'The result has a sign: `>>> 0` takes it away, `| 0` keeps it.'],
  [{ lanes: unsigned }, 'Lanes have signs: 0xffff is -1. `(x << 16) >> 16` is the low lane with its sign, `x >> 16` the high one.'],
  [{ lanes: w => [unsigned(w)[0], halves(w)[1]] }, 'The low lane has lost its sign: `(x << 16) >> 16`.'],
  [{ lanes: w => [halves(w)[0], unsigned(w)[1]] }, 'The high lane has lost its sign: `x >> 16`, not `x >>> 16`.'],
  [{ pair: ([al], [bl]) => al * bl }, 'The high lanes are missing.'],
  [{ pair: ([, ah], [, bh]) => ah * bh }, 'The low lanes are missing.'],
  [{ start: () => 0 }, 'The sum that comes in is missing.'],
  [{ pair: ([al, ah], [bl, bh]) => al * bl - ah * bh }, 'You took the product of the high lanes away (that is SMLSD): add it.'],
  [{ pair: ([al, ah], [bl, bh]) => short(al * bl) + short(ah * bh) }, 'A product of two lanes has 32 bits; yours were cut to 16.'],
];

const byteWords = (rng: Random, n: number): number[] =>
  Array.from({ length: n }, () =>
    packedBytes(Array.from({ length: 4 }, () => rng.pick([-128, 127, -1, rng.int(-128, 127), rng.int(-128, 127)]))),
  );

/** Bytes of words multiplied pair by pair, in any pairing. */
const dotted = (a: readonly number[], b: readonly number[], read: (word: number, at: number) => number): number =>
  register(a.reduce((sum, word, i) => [0, 1, 2, 3].reduce((part, at) => part + read(word, at) * read(b[i] as number, at), sum), 0));
const byteAt = (word: number, at: number): number => bytesOf(word)[at] as number;

/** What comes of mistakes in widening. */
const widenSlips = (word: number, turn: number): [number, string][] => [
  [
    widened(word, turn, [0, 1]),
    'Those are two bytes side by side. SXTB16 takes bytes 0 and 2 of the turned word: each stands alone in its half.',
  ],
  [widened(word, 8 - turn), 'Bytes 0 and 2 come without a turn; a turn by 8 brings bytes 1 and 3.'],
  [widened(word, turn, [2, 0]), 'The lanes have changed places: byte 0 becomes the low one.'],
  [
    joined(...(halves(widened(word, turn)).map(v => v & 255) as [number, number])),
    'The signs are missing: byte 0xff is -1, and its lane 0xffff.',
  ],
  [
    widened(word, (32 - turn) % 32),
    'That turns to the left. To the right, byte 1 comes to where byte 0 was: `(x >>> turn) | (x << (32 - turn))`.',
  ],
];

export const simdQuestion: Question = question(
  'simd-words',
  { points: 8, title: 'Two products in one instruction', uses: ['smlad', 'sxtb16', 'dot'] },
  async q => {
    await q.part('smlad', { points: 3 }, async () => {
      for (const one of q.cases(16, words)) {
        const got = q.asNumber(await q.call('smlad', one.a, one.b, one.sum));
        q.equal(got, pairProduct(one), {
          known: pairSlips.map(([slips, hint]) => [pairProduct(one, slips), hint] as const),
          hint: 'sum + low · low + high · high, each lane with its sign, and the lower 32 bits of it.',
        });
      }
    });
    await q.part('sxtb16', { points: 3 }, async () => {
      for (const [i, [word = 0]] of q.cases(10, rng => byteWords(rng, 1)).entries()) {
        const turn = i % 2 === 0 ? 0 : 8;
        const got = q.asNumber(await q.call('sxtb16', word, turn));
        q.equal(got, widened(word, turn), {
          known: widenSlips(word, turn),
          hint: 'Turn the word; then byte 0 is the low lane, byte 2 the high one, each with its sign.',
        });
      }
    });
    await q.part('dot', { points: 2 }, async () => {
      for (const [a, b] of q.cases(8, (rng, i) => [byteWords(rng, 1 + i), byteWords(rng, 1 + i)] as const)) {
        q.equal(q.asNumber(await q.call('dot', [...a], [...b])), dotted(a, b, byteAt), {
          known: [
            [
              dotted(a, b, (w, at) => (at % 2 === 0 ? byteAt(w, at) : 0)),
              'Bytes 1 and 3 are missing: widen each word a second time, turned by 8.',
            ],
            [dotted(a, b, (w, at) => (at % 2 === 1 ? byteAt(w, at) : 0)), 'Bytes 0 and 2 are missing.'],
            [2 * dotted(a, b, (w, at) => (at % 2 === 0 ? byteAt(w, at) : 0)), 'Bytes 0 and 2 count twice: the second widening turns by 8.'],
            [dotted(a, b, (w, at) => byteAt(w, at) & 255), 'The signs of the bytes are lost.'],
            [dotted(a.slice(0, -1), b, byteAt), 'The last word is missing.'],
            [dotted(a.slice(-1), b.slice(-1), byteAt), 'Only the last word counts: hand the sum on from one smlad to the next.'],
          ],
          hint: 'For each word: smlad of both, widened without a turn, then smlad of both, widened with a turn of 8.',
        });
      }
    });
  },
);
