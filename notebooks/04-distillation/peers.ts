import { type KnownMistakes, normal, question, type Random } from 'tinylab';

// The question on students who teach each other, and on their votes together.

type Row = readonly number[];

const sum = (values: Row): number => values.reduce((a, b) => a + b, 0);
const mean = (values: Row): number => sum(values) / values.length;
const chances = (logits: Row): number[] => {
  const most = Math.max(...logits);
  const odds = logits.map(v => Math.exp(v - most));
  return odds.map(v => v / sum(odds));
};

/** The mean of what all say, class by class. */
const together = (said: readonly Row[]): number[] => (said[0] as Row).map((_, c) => mean(said.map(row => row[c] as number)));

const vote = (logits: readonly Row[]): number[] => together(logits.map(chances));

const voteMistakes = (logits: readonly Row[]): KnownMistakes => [
  [chances(together(logits)), 'That is softmax of the mean of logits. Take the mean of probabilities: softmax first.'],
  [together(logits), 'Those are logits. Softmax of each student first, then the mean.'],
  [chances(vote(logits)), 'Softmax twice: the mean of probabilities is a distribution already.'],
  [chances(logits[0] as Row), 'That is the first student alone.'],
  [vote(logits).map(p => p * logits.length), 'That is the sum over students. Divide by how many there are.'],
  [
    chances((logits[0] as Row).map((_, c) => sum(logits.map(row => row[c] as number)))),
    'That is softmax of the sum of logits: the mean of probabilities is asked.',
  ],
];

const studentsAt = (rng: Random, i: number): number[][] => {
  const count = 2 + (i % 3);
  return Array.from({ length: count }, (_, s) => Array.from(normal(rng.split(`${s}`), [4]).data, v => 2 * v + (i === 5 ? 700 : 0)));
};

interface Pair {
  readonly own: number[];
  readonly peer: number[];
  readonly label: number;
}

const pairAt = (rng: Random, i: number): Pair => {
  const of = (name: string): number[] => Array.from(normal(rng.split(name), [3 + (i % 2)]).data);
  return { own: of('own'), peer: of('peer'), label: i % 3 };
};

/** The gradient of cross-entropy. */
const minusLabel = (chance: Row, label: number): number[] => chance.map((v, c) => (c === label ? v - 1 : v));

const difference = (a: Row, b: Row): number[] => a.map((v, c) => v - (b[c] as number));
const plus = (a: Row, b: Row): number[] => a.map((v, c) => v + (b[c] as number));

function gradientMistakes({ own, peer, label }: Pair): KnownMistakes {
  const [p, q] = [chances(own), chances(peer)];
  const hard = minusLabel(p, label);
  const ratio = p.map((v, c) => Math.log(v) - Math.log(q[c] as number));
  const reversed = p.map((v, c) => v * ((ratio[c] as number) - sum(p.map((w, k) => w * (ratio[k] as number)))));
  const gap = difference(p, q);
  const flowing = q.map((v, c) => {
    const logs = q.map((w, k) => Math.log(w) - Math.log(p[k] as number));
    return v * ((logs[c] as number) - sum(q.map((w, k) => w * (logs[k] as number))));
  });
  return [
    [hard, 'Only the labels are there. The peer pulls, too: p - q.'],
    [gap, 'Only the peer is there. The label pulls, too: p minus 1 at the label.'],
    [difference(hard, gap), 'The peer pushes away: it is p - q, which is 0 where both agree and pulls towards q elsewhere.'],
    [plus(hard, reversed), 'That is the gradient of KL(own ‖ peer). The peer is the one to be covered: KL(peer ‖ own).'],
    [plus(minusLabel(q, label), difference(q, p)), 'That is the gradient of the peer. It is a constant here.'],
    [plus(hard, flowing), 'The wrong side is held constant: that moves the peer. The peer is the constant, and your own logits move.'],
    [plus(plus(hard, gap), flowing), 'The peer is a constant here: no gradient flows through it.'],
    [plus(hard, difference(own, peer)), 'Those are logits. Compare probabilities: softmax of both.'],
    [plus(hard, gap).map(v => v / 2), 'The two terms are added, not averaged.'],
    [plus(hard, gap).map(v => -v), 'That goes downhill. The gradient itself is asked.'],
  ];
}

export const peerQuestion = question(
  'peers',
  {
    points: 6,
    title: 'Students who teach each other',
    uses: ['ensemble', 'peerGradient'],
    withhold: ['ensembleLogits', 'ensembleTeacher'],
  },
  async q => {
    await q.part('ensemble', { points: 3 }, async () => {
      for (const logits of q.cases(6, studentsAt))
        q.close(await q.call('ensemble', logits), vote(logits), {
          known: voteMistakes(logits),
          hint: 'Softmax of each student’s logits (minus their largest, so that nothing overflows), then the mean of each class.',
        });
    });
    await q.part('gradient', { points: 3 }, async () => {
      for (const { own, peer, label } of q.cases(8, pairAt)) {
        const p = chances(own);
        const right = plus(minusLabel(p, label), difference(p, chances(peer)));
        q.close(await q.call('peerGradient', own, peer, label), right, {
          known: gradientMistakes({ own, peer, label }),
          hint: 'Of cross-entropy: p minus 1 at the label. Of KL(q ‖ p) with q constant: p - q. Added up.',
        });
      }
    });
  },
);
