import { type Examiner, normal, type Question, question, type Random } from 'tinylab';
import { bytesSeen, refitMistakes, stepMistakes, type Trained, valuesSeen } from './codebook-slips.ts';
import { codebookMistakes, labelMistakes } from './kmeans-slips.ts';
import { type Clusters, codebookStep, evenly, kMeans, range, refit } from './reference.ts';

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

/** The largest weight in front and the smallest at the end, or the other way round: who leaves out an end of the list finds another range. */
function endsOut(weights: readonly number[], largestFirst: boolean): number[] {
  const sorted = weights.toSorted((a, b) => a - b);
  const [smallest = 0, largest = 0] = [sorted[0], sorted.at(-1)];
  const [first, last] = largestFirst ? [largest, smallest] : [smallest, largest];
  return [first, ...weights.filter(w => w !== first && w !== last), last];
}

/** Whether k-means ends elsewhere when it begins in the range of all weights but the first, or of all but the last. */
function rangeMatters(weights: readonly number[], bits: number): boolean {
  const right = kMeans(weights, bits).codebook;
  return [weights.slice(1), weights.slice(0, -1)].every(rest => {
    const start = (_low: number, _high: number, count: number): number[] => evenly(...range(rest), count);
    return kMeans(weights, bits, { start }).codebook.some((entry, k) => Math.abs(entry - (right[k] as number)) > 1e-3);
  });
}

/** The i-th list of weights and its number of bits. */
function clustered(rng: Random, i: number): { weights: number[]; bits: number } {
  const bits = [1, 2, 3, 2, 3, 4][i % 6] as number;
  for (;;) {
    const n = rng.int(25, 50);
    const weights = endsOut(i % 2 === 0 ? Array.from(normal(rng, [n]).data) : heaps(rng, n), i % 4 >= 2);
    if (clear(weights, bits) && (bits < 3 || rangeMatters(weights, bits))) return { weights, bits };
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
          ...valuesSeen(await q.read('distinctValues')),
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
          ...bytesSeen(await q.read('layerBytes')),
        ],
      });
    });
    await q.part('one-bit', { points: 1 }, async () => {
      // sealed: the notebook notes the letter, and the grader's hidden cases judge it
      await q.sealed('oneBit', ['a', 'b', 'c', 'd']);
    });
  },
);

/** A code book, labels and gradients, in which one entry has no weight, or one alone. */
function trained(rng: Random, i: number): Trained {
  const count = rng.pick([3, 4, 5]);
  const n = rng.int(18, 30);
  const [free, lone] = i % 2 === 0 ? [rng.int(0, count - 1), -1] : [-1, rng.int(0, count - 1)];
  const labels = Array.from({ length: n }, (_, at) => (at < count ? at : rng.int(0, count - 1))).map((label, at) =>
    label === free || (label === lone && at >= count) ? (label + 1) % count : label,
  );
  const codebook = Array.from(normal(rng, [count]).data, v => v * 2);
  return {
    clusters: { codebook, labels },
    gradient: Array.from(normal(rng, [n]).data),
    weights: labels.map(label => (codebook[label] as number) + rng.uniform(-0.4, 0.4)),
    rate: rng.pick([0.01, 0.05, 0.2]),
  };
}

const training = question(
  'code-book-training',
  { points: 5, title: 'Training a code book', uses: ['stepCodebook', 'refitCodebook'] },
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
    await q.part('mean', { points: 2 }, async () => {
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
