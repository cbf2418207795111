import { type Examiner, type Question, question, type Random } from 'tinylab';
import { allAnswers, onlyPart, simplestWrong, whatCame } from './simplest.ts';
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

/** Products of one lane each, or of none, before both count. */
function simplestPair(q: Examiner, cases: readonly Operands[]): Promise<string | undefined> {
  const lanes = (low: number, high: number) => (w: number) => joined(low * halves(w)[0], high * halves(w)[1]);
  const of = (keep: (w: number) => number, sum: (s: number) => number): Operands[] =>
    cases.map(one => ({ a: keep(one.a), b: keep(one.b), sum: sum(one.sum) }));
  const kinds = [
    {
      cases: of(
        () => 0,
        s => s,
      ),
      says: 'Wrong even where all lanes are 0 and `sum` is all that is left.',
    },
    { cases: of(lanes(1, 0), () => 0), says: 'Wrong even where the high lanes and `sum` are 0: look at the product of the low lanes.' },
    {
      cases: of(lanes(0, 1), () => 0),
      says: 'Right where the high lanes are 0, wrong where the low ones are: look at the product of the high lanes.',
    },
    {
      cases,
      says: 'Right where only the low lanes, only the high ones or only `sum` count, wrong where they come together: add all three.',
    },
  ];
  return simplestWrong(kinds, async one => q.asNumber(await q.call('smlad', one.a, one.b, one.sum)) === pairProduct(one));
}

/** Which lane of widened bytes is wrong, if it is one alone. */
function wrongLane(cases: readonly { readonly word: number; readonly turn: number }[], answers: readonly number[]): string | undefined {
  const wrong = (lane: 0 | 1): boolean =>
    cases.some(({ word, turn }, i) => halves(answers[i] as number)[lane] !== halves(widened(word, turn))[lane]);
  const whole = answers.every(answer => answer === register(answer));
  return whole
    ? onlyPart(
        { low: wrong(0), high: wrong(1) },
        {
          low: 'The high lane is right in every case, the low one is not: it is byte 0 of the turned word with its sign, in 16 bits.',
          high: 'The low lane is right in every case, the high one is not: it is byte 2 of the turned word with its sign, 16 bits further up.',
        },
      )
    : undefined;
}

/** Which bytes of a word go wrong in a dot product, asked one by one, and then in two words. */
function wrongBytes(q: Examiner): Promise<string | undefined> {
  const pairs = (rng: Random): readonly [number, number] => [rng.int(3, 120), -rng.int(3, 120)];
  const one = (at: number) =>
    q.cases(2, pairs).map(([u, v]): readonly (readonly number[])[] => {
      const word = (value: number): number => packedBytes([0, 1, 2, 3].map(i => (i === at ? value : 0)));
      return [[word(u)], [word(v)]];
    });
  const two = q.cases(2, rng => [byteWords(rng, 2), byteWords(rng, 2)] as const);
  const kinds = [
    ...[0, 2, 1, 3].map(at => ({
      cases: one(at),
      says: `Wrong even for one word of which only byte ${at} is not 0: look at how ${at % 2 === 0 ? 'bytes 0 and 2 (no turn)' : 'bytes 1 and 3 (a turn by 8)'} of both words meet.`,
    })),
    { cases: two, says: 'Right for one byte at a time, wrong for several: hand the sum on from one smlad to the next, word by word.' },
  ];
  return simplestWrong<readonly (readonly number[])[]>(kinds, async ([a = [], b = []]) => {
    return q.asNumber(await q.call('dot', [...a], [...b])) === dotted(a, b, byteAt);
  });
}

export const simdQuestion: Question = question(
  'simd-words',
  { points: 6, title: 'Two products in one instruction', uses: ['smlad', 'sxtb16', 'dot'] },
  async q => {
    await q.part('smlad', { points: 2 }, async () => {
      const cases = q.cases(16, words);
      const says = await simplestPair(q, cases);
      for (const one of cases) {
        const got = q.asNumber(await q.call('smlad', one.a, one.b, one.sum));
        q.equal(got, pairProduct(one), {
          known: [
            ...pairSlips.map(([slips, hint]) => [pairProduct(one, slips), hint] as const),
            ...whatCame(got, got === pairProduct(one), says),
          ],
          hint: 'sum + low · low + high · high, each lane with its sign, and the lower 32 bits of it.',
        });
      }
    });
    await q.part('sxtb16', { points: 2 }, async () => {
      const cases = q.cases(10, (rng, i) => ({ word: byteWords(rng, 1)[0] as number, turn: i % 2 === 0 ? 0 : 8 }));
      const says = wrongLane(cases, await allAnswers(q, cases, ({ word, turn }) => q.call('sxtb16', word, turn)));
      for (const { word, turn } of cases) {
        const got = q.asNumber(await q.call('sxtb16', word, turn));
        q.equal(got, widened(word, turn), {
          known: [...widenSlips(word, turn), ...whatCame(got, got === widened(word, turn), says)],
          hint: 'Turn the word; then byte 0 is the low lane, byte 2 the high one, each with its sign.',
        });
      }
    });
    await q.part('dot', { points: 2 }, async () => {
      const says = await wrongBytes(q);
      for (const [a, b] of q.cases(8, (rng, i) => [byteWords(rng, 1 + i), byteWords(rng, 1 + i)] as const)) {
        const got = q.asNumber(await q.call('dot', [...a], [...b]));
        q.equal(got, dotted(a, b, byteAt), {
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
            ...whatCame(got, got === dotted(a, b, byteAt), says),
          ],
          hint: 'For each word: smlad of both, widened without a turn, then smlad of both, widened with a turn of 8.',
        });
      }
    });
  },
);
