import { type Clusters, codebookStep, grouped, type RefitSlips, refit, sum } from './reference.ts';
import { holdsNaN, ofOtherLength, where, wrongOnlyAt } from './seen.ts';

// Mistakes in training a code book, and in its size.

const mean = (own: readonly number[]): number => (own.length > 0 ? sum(own) / own.length : 0);

/** A code book with its labels, and what it is trained with. */
export interface Trained {
  readonly clusters: Clusters;
  readonly gradient: number[];
  readonly weights: number[];
  readonly rate: number;
}

/** What may be wrong with a step of a code book. */
export function stepMistakes({ clusters, gradient, rate }: Trained, got: unknown): [unknown, string][] {
  const step = (of?: (own: readonly number[]) => number, by = rate): number[] => codebookStep(clusters, gradient, { rate: by, of });
  const { codebook, labels } = clusters;
  const free = (k: number): boolean => !labels.includes(k);
  const right = step();
  const last = step(own => own.at(-1) ?? 0).map((entry, k) => (free(k) ? 0 : entry - (codebook[k] as number)));
  const moved = (by: number): number[] => codebookStep({ codebook, labels: labels.map(label => label + by) }, gradient, { rate });
  const begins = (by: number): boolean => Array.isArray(got) && wrongOnlyAt(got.slice(0, codebook.length), moved(by), () => false);
  const shifted = 'The gradients of a label moved the entry beside it: label k belongs to codebook[k], from 0.';
  return [
    [step(undefined, -rate), 'You went uphill: the step is against the gradient.'],
    [step(mean), 'The gradient of an entry is the sum over its weights: it moves all of them at once. You took the mean.'],
    [step(undefined, 1), 'The learning rate is missing.'],
    [step(() => sum(gradient)), 'Each entry moves by the gradients of its own weights, not by all of them.'],
    [step(own => own.at(-1) ?? 0), 'Only the last weight of each entry counted: add them up.'],
    [step(own => own[0] ?? 0), 'Only the first weight of each entry counted: add them up.'],
    [step(own => own.length), 'The gradients are missing: each entry moved by rate times the number of its weights.'],
    [step(undefined, 1 / rate), 'You divided by the rate: multiply.'],
    [step(own => sum(own.map(g => 1 / g))), 'You divided by the gradient: multiply it by the rate.'],
    [step(own => sum(own.map(g => (rate + g) / rate))), 'The rate multiplies the gradient; you added the two.'],
    [step(own => sum(own.map(g => (rate - g) / rate))), 'The rate multiplies the gradient; you took one from the other.'],
    [where(begins(1), got), shifted],
    [where(begins(-1), got), shifted],
    [codebook.map((old, k) => (free(k) ? old : -(last[k] as number))), 'The old entry is missing: take rate times gradient away from it.'],
    [codebook.map((old, k) => (free(k) ? old : (last[k] as number))), 'The old entry is missing: take rate times gradient away from it.'],
    [codebook, 'Nothing moved.'],
    [codebook.map((old, k) => (right[k] as number) - old), 'That is the step alone: add it to the old entries.'],
    [where(holdsNaN(got), got), 'Something is no number: is a gradient read beside the list, or divided by 0?'],
    [where(ofOtherLength(got, codebook), got), 'Return as many entries as the code book has, in its order.'],
    [where(wrongOnlyAt(got, right, free), got), 'An entry without weights moved. Its sum is 0: it stays.'],
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
  [() => ({ of: own => (sum(own) + 1) / own.length }), 'Every sum is 1 too large: begin with 0.'],
  [() => ({ of: own => sum(own) - own.length }), 'You took the number of weights away: divide by it.'],
  [() => ({ of: own => own.reduce((a, b) => a * b) / own.length }), 'You multiplied the weights: add them up.'],
  [() => ({ of: own => own.length / sum(own) }), 'Upside down: the sum of the weights, divided by their number.'],
  [() => ({ of: own => sum(own.slice(1)) / own.length }), 'The first weight of each entry is not in the sum, but it counts.'],
  [() => ({ of: own => sum(own.slice(0, -1)) / own.length }), 'The last weight of each entry is not in the sum, but it counts.'],
  [() => ({ of: own => Math.round(mean(own)) }), 'An entry is no whole number: do not round it.'],
  [() => ({ of: own => Math.floor(mean(own)) }), 'An entry is no whole number: do not round it.'],
];

/** What may be wrong with a move to the mean. */
export function refitMistakes({ clusters, weights }: Trained, got: unknown): [unknown, string][] {
  const { codebook, labels } = clusters;
  const about = { count: codebook.length, all: weights.length };
  const beside = (by: number): number[] => refit(weights, { codebook, labels: labels.map((_, i) => labels[i + by] ?? -1) });
  const some = (count: number): number[] => refit(weights.slice(0, count), { codebook, labels: labels.slice(0, count) });
  const neighbours = 'Label and weight are of neighbours: labels[i] belongs to weights[i].';
  return [
    ...moves.map(([slips, hint]): [unknown, string] => [refit(weights, clusters, slips(about)), hint]),
    [codebook, 'Nothing moved.'],
    [
      where(
        wrongOnlyAt(got, codebook, k => !labels.includes(k)),
        got,
      ),
      'Entries that have weights stayed as they were. These move, and those without weights stay.',
    ],
    [
      refit(
        weights.map((_, i) => codebook[i] ?? Number.NaN),
        { codebook, labels: labels.slice(0, codebook.length) },
        { empty: () => Number.NaN },
      ),
      'Those are means of entries of the code book. Take the mean of weights.',
    ],
    [some(weights.length - 1), 'The last weight of the list is left out.'],
    [some(1), 'Only the first weight of the list counts: go on to the last one.'],
    [
      codebook.map((_, k) => mean(weights.filter((__, i) => labels[i] !== k))),
      'Those are the means of the weights with other labels. Take those whose label is k.',
    ],
    [beside(1), neighbours],
    [beside(-1), neighbours],
    ...refitSeen({ clusters, weights }, got),
  ];
}

/** What is seen of a wrong move to the mean. */
function refitSeen({ clusters, weights }: Pick<Trained, 'clusters' | 'weights'>, got: unknown): [unknown, string][] {
  const { codebook, labels } = clusters;
  const right = refit(weights, clusters);
  return [
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
    [
      where(beyondOwn(got, { clusters, weights }), got),
      'Some entry lies below all of its weights or above them. A mean does not: add them up once each, then divide by their number.',
    ],
  ];
}

/** Whether some entry lies beyond the weights that have its label. */
function beyondOwn(got: unknown, { clusters: { codebook, labels }, weights }: Pick<Trained, 'clusters' | 'weights'>): boolean {
  if (!Array.isArray(got)) return false;
  return grouped(weights, labels, codebook.length).some(
    (own, k) => own.length > 0 && (Number(got[k]) < Math.min(...own) - 1e-5 || Number(got[k]) > Math.max(...own) + 1e-5),
  );
}

/** What is seen of a wrong number of different weights. */
export const valuesSeen = (got: unknown): [unknown, string][] => [
  [where(Number(got) > 16, got), 'Too many: with 1 bit there are 2 labels, and each further bit doubles them.'],
  [where(Number(got) < 16, got), 'Too few: with 1 bit there are 2 labels, and each further bit doubles them.'],
];

/** What is seen of a wrong number of bytes. */
export const bytesSeen = (got: unknown): [unknown, string][] => [
  [where(Number(got) < 6912, got), 'The labels alone take more: 18,432 of 3 bits each, 8 bits to a byte.'],
  [
    where(Number(got) > 6944, got),
    'That is more than labels of 3 bits and 8 entries of 4 bytes take. What do you count twice, or too large?',
  ],
  [
    where(Number(got) > 6912 && Number(got) < 6944, got),
    'The labels are right, and there is something for the code book: how many entries of 4 bytes does it have?',
  ],
];
