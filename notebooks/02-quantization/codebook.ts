import { type Examiner, normal, type Question, question, type Random } from 'tinylab';
import { codebookMistakes, labelMistakes } from './kmeans-slips.ts';
import { type Clusters, codebookStep, kMeans, type RefitSlips, refit, sum } from './reference.ts';
import { holdsNaN, ofOtherLength, where, wrongOnlyAt } from './seen.ts';

// Questions 1 to 3: numbers that share a code book, what that takes, and how the code book is trained.

/** Weights in two or three heaps with gaps between them, so that some of the first centroids are near nothing. */
function heaps(rng: Random, n: number): number[] {
  const places = rng.pick([
    [-1.9, -1.1, 1.3],
    [-2.1, 0.4, 1.2],
    [-1.4, 0.9, 2.2],
  ]);
  return Array.from(normal(rng, [n]).data, (v, i) => (places[i % 3] as number) + 0.11 * v);
}

/** Whether every weight is clearly nearer to its centroid than to any other, all the way, so that no order of additions decides. */
function clear(weights: readonly number[], bits: number): boolean {
  return Array.from({ length: 40 }, (_, rounds) => kMeans(weights, bits, { rounds })).every(({ codebook }) =>
    weights.every(w => {
      const [first = 0, second = Number.POSITIVE_INFINITY] = codebook.map(c => Math.abs(c - w)).sort((a, b) => a - b);
      return second - first > 1e-6;
    }),
  );
}

/** The i-th list of weights and its number of bits. */
function clustered(rng: Random, i: number): { weights: number[]; bits: number } {
  const bits = [1, 2, 3, 2, 3, 4][i % 6] as number;
  for (;;) {
    const n = rng.int(25, 50);
    const weights = i % 2 === 0 ? Array.from(normal(rng, [n]).data) : heaps(rng, n);
    if (clear(weights, bits)) return { weights, bits };
  }
}

const asClusters = (q: Examiner, got: unknown): Clusters => ({
  codebook: q.asList(q.field(got, 'codebook')) as number[],
  labels: q.asList(q.field(got, 'labels')) as number[],
});

const clusters = question(
  'k-means',
  {
    points: 7,
    title: 'K-means quantization',
    uses: ['kMeans'],
    withhold: ['kMeansQuantize', 'kMeansCodebook'],
  },
  async q => {
    for (const { weights, bits } of q.cases(8, clustered)) {
      const got = asClusters(q, await q.call('kMeans', weights, bits));
      const right = kMeans(weights, bits);
      const about = { weights, bits, got };
      q.close(got.codebook, right.codebook, {
        asked: 'the code book of kMeans(weights, bits)',
        known: codebookMistakes(about),
        hint: 'Start with 2^b numbers from the smallest weight to the largest, equally far apart.',
      });
      q.equal(got.labels, right.labels, {
        asked: 'the labels of kMeans(weights, bits)',
        known: labelMistakes(about),
        hint: 'A label is the place in the code book of the centroid that is nearest to the weight.',
      });
    }
  },
);

const storage = question(
  'code-book-size',
  { points: 4, title: 'What it takes', uses: ['distinctValues', 'layerBytes', 'oneBit'] },
  async q => {
    await q.part('values', { points: 1 }, async () => {
      await q.number('distinctValues', 16, {
        asked: 'distinctValues: how many different weights a layer has at most, with 4 bits',
        known: [
          [4, 'That is the number of bits. How many labels do 4 bits tell apart?'],
          [15, 'The label 0 counts too.'],
          [8, '2 · 4 is not 2 to the power of 4.'],
        ],
      });
    });
    await q.part('bytes', { points: 2 }, async () => {
      await q.number('layerBytes', 6944, {
        asked: 'layerBytes: bytes of 18,432 weights at 3 bits, code book included',
        known: [
          [6912, 'Those are the labels. Without the code book nobody can read them: it takes bytes too.'],
          [55_328, 'That is a number of bits.'],
          [55_552, 'That is a number of bits.'],
          [6920, 'An entry of the code book is a 32-bit number: 4 bytes, not 1.'],
          [6940, 'The code book has 2^3 = 8 entries; you counted one fewer.'],
          [6924, 'The code book has 2^3 = 8 entries, not 3.'],
          [73_760, 'You counted 32 bits for each weight. A label takes 3.'],
        ],
      });
    });
    await q.part('one-bit', { points: 1 }, async () => {
      await q.choice('oneBit', 'c', {
        a: 'The labels of a layer differ: half of its weights have one value, half the other.',
        b: 'The sizes of the two values fit their halves exactly: they are the means.',
        d: 'There is nothing random here: the accuracy of the same network is the same each time.',
      });
    });
  },
);

/** A code book, labels and gradients, in which one entry may have no weight. */
function trained(rng: Random, i: number): { clusters: Clusters; gradient: number[]; weights: number[]; rate: number } {
  const count = rng.pick([3, 4, 5]);
  const n = rng.int(18, 30);
  const free = i % 2 === 0 ? rng.int(0, count - 1) : -1;
  const labels = Array.from({ length: n }, (_, at) => (at < count ? at : rng.int(0, count - 1))).map(label =>
    label === free ? (label + 1) % count : label,
  );
  const codebook = Array.from(normal(rng, [count]).data, v => v * 2);
  return {
    clusters: { codebook, labels },
    gradient: Array.from(normal(rng, [n]).data),
    weights: labels.map(label => (codebook[label] as number) + rng.uniform(-0.4, 0.4)),
    rate: rng.pick([0.01, 0.05, 0.2]),
  };
}

const mean = (own: readonly number[]): number => (own.length > 0 ? sum(own) / own.length : 0);

type Trained = ReturnType<typeof trained>;

/** What may be wrong with a step of a code book. */
function stepMistakes({ clusters, gradient, rate }: Trained, got: unknown): [unknown, string][] {
  const step = (of?: (own: readonly number[]) => number, by = rate): number[] => codebookStep(clusters, gradient, { rate: by, of });
  const { codebook, labels } = clusters;
  const free = (k: number): boolean => !labels.includes(k);
  return [
    [step(undefined, -rate), 'You went uphill: the step is against the gradient.'],
    [step(mean), 'The gradient of an entry is the sum over its weights: it moves all of them at once. You took the mean.'],
    [step(undefined, 1), 'The learning rate is missing.'],
    [step(() => sum(gradient)), 'Each entry moves by the gradients of its own weights, not by all of them.'],
    [step(own => own.at(-1) ?? 0), 'Only the last weight of each entry counted: add them up.'],
    [step(own => own[0] ?? 0), 'Only the first weight of each entry counted: add them up.'],
    [step(own => own.length), 'The gradients are missing: each entry moved by rate times the number of its weights.'],
    [step(undefined, 1 / rate), 'You divided by the rate: multiply.'],
    [codebook, 'Nothing moved.'],
    [codebook.map((old, k) => (step()[k] as number) - old), 'That is the step alone: add it to the old entries.'],
    [where(holdsNaN(got), got), 'Something is no number: is a gradient read beside the list, or divided by 0?'],
    [where(ofOtherLength(got, codebook), got), 'Return as many entries as the code book has, in its order.'],
    [where(wrongOnlyAt(got, step(), free), got), 'An entry without weights moved. Its sum is 0: it stays.'],
    [
      where(
        wrongOnlyAt(got, codebook, k => k === labels[0]),
        got,
      ),
      'Only the entry of the first weight moved: go through all of them before you return.',
    ],
  ];
}

const moves: readonly (readonly [slips: (about: { count: number; all: number }) => RefitSlips, hint: string])[] = [
  [() => ({ empty: () => Number.NaN }), 'An entry without weights became 0 / 0. It stays where it is.'],
  [() => ({ empty: () => 0 }), 'An entry without weights became 0. It stays where it is.'],
  [() => ({ of: sum, empty: () => 0 }), 'Those are sums: divide by the number of weights of the entry.'],
  [() => ({ of: sum }), 'Those are sums: divide by the number of weights of the entry.'],
  [() => ({ of: own => own[0] as number }), 'Only the first weight of each entry counted.'],
  [() => ({ of: own => own.at(-1) as number }), 'Only the last weight of each entry counted.'],
  [
    () => ({ of: own => (own[0] as number) / own.length }),
    'Only the first weight of each entry is added up: start with 0 and add every one.',
  ],
  [() => ({ of: own => (own.at(-1) as number) / own.length }), 'Only the last weight of each entry is added up.'],
  [
    ({ count }) => ({ of: own => sum(own) / count }),
    'You divided by the number of entries. Divide by the number of weights with that label.',
  ],
  [
    ({ all }) => ({ of: own => sum(own) / all }),
    'You divided by the number of all weights. Divide by the number of those with that label.',
  ],
  [() => ({ of: own => sum(own) * own.length }), 'You multiplied by the number of weights: divide.'],
  [() => ({ of: own => Math.round(mean(own)) }), 'An entry is no whole number: do not round it.'],
  [() => ({ of: own => Math.floor(mean(own)) }), 'An entry is no whole number: do not round it.'],
];

/** What may be wrong with a move to the mean. */
function refitMistakes({ clusters, weights }: Trained, got: unknown): [unknown, string][] {
  const { codebook, labels } = clusters;
  const right = refit(weights, clusters);
  const about = { count: codebook.length, all: weights.length };
  const beside = (by: number): number[] => refit(weights, { codebook, labels: labels.map((_, i) => labels[i + by] ?? -1) });
  const neighbours = 'Label and weight are of neighbours: labels[i] belongs to weights[i].';
  return [
    ...moves.map(([slips, hint]): [unknown, string] => [refit(weights, clusters, slips(about)), hint]),
    [codebook, 'Nothing moved.'],
    [beside(1), neighbours],
    [beside(-1), neighbours],
    [codebook.map(() => mean(weights)), 'Every entry has the mean of all weights: take those with its label.'],
    [
      where(
        wrongOnlyAt(got, right, k => !labels.includes(k)),
        got,
      ),
      'Entries with weights are right. One without weights stays where it is.',
    ],
    [where(holdsNaN(got), got), 'Something is no number: is a weight read beside the list, or divided by 0?'],
    [where(ofOtherLength(got, right), got), 'Return as many entries as the code book has, in its order.'],
  ];
}

const training = question(
  'code-book-training',
  { points: 6, title: 'Training a code book', uses: ['stepCodebook', 'refitCodebook'] },
  async q => {
    const cases = q.cases(6, trained);
    await q.part('gradient', { points: 3 }, async () => {
      for (const one of cases) {
        const got = await q.call('stepCodebook', one.clusters, one.gradient, one.rate);
        q.close(got, codebookStep(one.clusters, one.gradient, one), {
          asked: 'stepCodebook({ codebook, labels }, gradient, rate)',
          known: stepMistakes(one, got),
          hint: 'For each entry k: the old value minus rate times the sum of the gradients of all weights whose label is k.',
        });
      }
    });
    await q.part('mean', { points: 3 }, async () => {
      for (const one of cases) {
        const got = await q.call('refitCodebook', one.clusters, one.weights);
        q.close(got, refit(one.weights, one.clusters), {
          asked: 'refitCodebook({ codebook, labels }, weights)',
          known: refitMistakes(one, got),
          hint: 'For each entry the mean of the weights that have its label.',
        });
      }
    });
  },
);

export const codebookQuestions: readonly Question[] = [clusters, storage, training];
