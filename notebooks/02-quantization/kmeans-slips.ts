import type { KnownMistakes } from 'tinylab';
import { type Clusters, centres, evenly, kMeans, nearestOf, range, refit } from './reference.ts';
import { holdsNaN, near, ofOtherLength, where, wrongOnlyAt } from './seen.ts';

// Mistakes of k-means, and what is seen of a code book and its labels.

/** Weights, bits, and what came for them. */
export interface Clustered {
  readonly weights: readonly number[];
  readonly bits: number;
  readonly got: Clusters;
}

/** Code books of who seeks the smallest or the largest weight in all but the first or the last. */
function withoutEnds(weights: readonly number[], bits: number): readonly (readonly number[])[] {
  const [low, high] = range(weights);
  const [behind, before] = [range(weights.slice(1)), range(weights.slice(0, -1))];
  const starts = [behind, before].flatMap(([a, b]) => [[a, high] as const, [low, b] as const]);
  return starts.map(([from, to]) => kMeans(weights, bits, { start: (_low, _high, count) => evenly(from, to, count) }).codebook);
}

const atEnds =
  'You begin in a range that leaves out a weight at an end of the list: the first and the last one may be the smallest or the largest.';

/** What may be wrong with a code book. */
export function codebookMistakes(about: Clustered): KnownMistakes {
  const { weights, bits } = about;
  const of = (slips: Parameters<typeof kMeans>[2]): readonly number[] => kMeans(weights, bits, slips).codebook;
  return [
    [of({ clusters: 2 ** bits - 1 }), 'That is one entry too few: b bits tell 2^b labels apart, from 0 to 2^b - 1.'],
    [of({ clusters: bits }), 'b bits make 2^b entries, not b.'],
    [of({ rounds: 0 }), 'The centroids never moved: each becomes the mean of its weights, again and again.'],
    [of({ rounds: 1 }), 'The centroids moved once. Give out labels again and go on until none changes.'],
    [of({ rounds: 2 }), 'You stop too early: go on until no label changes.'],
    [of({ empty: () => Number.NaN }), 'A centroid without weights became 0 / 0. It stays where it is.'],
    [of({ empty: () => 0 }), 'A centroid without weights jumped to 0. It stays where it is.'],
    [of({ start: centres }), 'The first centroids include the smallest and the largest weight; yours are the middles of equal parts.'],
    ...withoutEnds(weights, bits).map(codebook => [codebook, atEnds] as const),
    [of({ median: true }), 'A centroid is the mean of its weights, not the one in the middle.'],
    ...codebookSeen(about),
  ];
}

/** What is seen of a wrong code book. */
function codebookSeen({ weights, bits, got }: Clustered): KnownMistakes {
  const { codebook } = got;
  const right = kMeans(weights, bits);
  const told = (holds: boolean): unknown => where(holds, codebook);
  const [low, high] = [Math.min(...weights), Math.max(...weights)];
  const gaps = codebook.slice(1).map((entry, k) => entry - (codebook[k] as number));
  const [fit, settled] = [nearestLabels(weights, got), ownMeans(weights, got)];
  const lonely = (k: number): boolean => !right.labels.includes(k);
  return [
    [told(ofOtherLength(codebook, right.codebook)), 'A code book has 2^b entries: so many labels do b bits tell apart.'],
    [told(holdsNaN(codebook)), 'Some entry is no finite number: 0 is divided by 0, or something is read beside its list.'],
    [told(wrongOnlyAt(codebook, right.codebook, lonely)), 'Entries that have weights are right. One without any stays where it was.'],
    [told(new Set(codebook).size === 1), 'All entries are alike: begin with 2^b different numbers.'],
    [
      told(gaps.length > 1 && gaps.every(gap => near(gap, gaps[0] as number))),
      'Your entries are equally far apart. So they begin; then each moves to the mean of its weights.',
    ],
    [
      told(codebook.some(entry => entry < low - 1e-5 || entry > high + 1e-5)),
      'Some entry lies below the smallest weight or above the largest. Neither a first centroid nor a mean does.',
    ],
    [told(gaps.some(gap => gap < 0)), 'Entries go down somewhere. They begin in order, and means of neighbours keep it.'],
    [
      told(fit && settled),
      'No step would change your code book any more, but k-means comes to another one from 2^b numbers equally far apart: where do you begin?',
    ],
    [told(!settled && fit), 'Labels fit your code book, but some entry is not the mean of the weights that have its label.'],
    [told(settled && !fit), 'Entries are the means of their weights, but some weight has a label that is not that of its nearest entry.'],
    [
      told(!settled && !fit),
      'Some entry is not the mean of the weights that have its label, and some weight is nearer to another entry than to that of its label.',
    ],
    [told(!fit), 'Some weight is nearer to another entry of your code book than to that of its label.'],
    [told(!settled), 'Some entry of your code book is not the mean of the weights that have its label.'],
  ];
}

/** Whether each weight has the label of an entry that is nearest to it. */
const nearestLabels = (weights: readonly number[], { codebook, labels }: Clusters): boolean =>
  weights.every((w, i) => Math.abs(w - Number(codebook[labels[i] ?? -1])) <= Math.min(...codebook.map(c => Math.abs(w - c))) + 1e-6);

/** Whether each entry with weights is their mean. */
const ownMeans = (weights: readonly number[], found: Clusters): boolean =>
  refit(weights, found).every((entry, k) => Math.abs(entry - Number(found.codebook[k])) < 1e-6);

/** What may be wrong with labels. */
export function labelMistakes({ weights, bits, got: { codebook, labels } }: Clustered): KnownMistakes {
  const right = kMeans(weights, bits);
  const told = (holds: boolean): unknown => where(holds, labels);
  return [
    [right.labels.map(label => label + 1), 'Labels count from 0.'],
    [kMeans(weights, bits, { rounds: 0 }).labels, 'These labels go by the first centroids: give them out again after each move.'],
    [
      weights.map(w => right.codebook[nearestOf(right.codebook, w)]),
      'A label is the place of the centroid in the code book, not its value.',
    ],
    [told(ofOtherLength(labels, weights)), 'There is one label for each weight, in the same order.'],
    [
      told(labels.every(label => label === -1)),
      'All labels are -1, which tells that nothing was found: look for a number that is in the list.',
    ],
    [
      told(labels.some(label => !Number.isInteger(label) || label < 0 || label >= 2 ** bits)),
      'Some label is no place in the code book: they go from 0 to 2^b - 1.',
    ],
    [told(new Set(labels).size === 1), 'All weights have the same label: which centroid is nearest differs from weight to weight.'],
    [told(nearestLabels(weights, { codebook, labels })), 'Labels fit your code book. It is the code book that is not right.'],
    [
      told(!nearestLabels(weights, { codebook, labels })),
      'Some weight is nearer to another entry of your code book than to that of its label.',
    ],
  ];
}
