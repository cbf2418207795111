import { type KnownMistakes, normal, question, type Random } from 'tinylab';

// The question on how far images lie from each other.

type Points = readonly (readonly number[])[];

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** What is wrong with a distance: nothing, unless said. */
interface Slips {
  readonly distance?: (off: readonly number[]) => number;
  readonly unit?: (distances: readonly number[], count: number) => number;
}

/** Distances of all pairs i < j, over their mean. */
export function relationsOf(points: Points, slips: Slips = {}): number[] {
  const { distance = off => Math.hypot(...off), unit = mean } = slips;
  const far = points.flatMap((a, i) => points.slice(i + 1).map(b => distance(a.map((v, k) => v - (b[k] as number)))));
  const one = unit(far, points.length);
  return far.map(d => d / one);
}

const huber = (off: number): number => (Math.abs(off) <= 1 ? off ** 2 / 2 : Math.abs(off) - 1 / 2);

/** Points of which one lies far away, so that some differences are above 1 and some below. */
function cloud(rng: Random, count: number, size: number): number[][] {
  const spread = normal(rng.split('spread'), [count * size]).data;
  const away = rng.int(0, count - 1);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: size }, (_, k) => (spread[i * size + k] as number) + (i === away ? 7 : 0)),
  );
}

function relationMistakes(points: Points): KnownMistakes {
  return [
    [
      relationsOf(points, { unit: () => 1 }),
      'The mean distance is missing: divide by it, or a student of another size of numbers can never match.',
    ],
    [relationsOf(points, { distance: off => sum(off.map(v => v * v)) }), 'Those are squared distances. The root is missing.'],
    [
      relationsOf(points, { distance: off => sum(off.map(Math.abs)) }),
      'Those are sums of absolute differences: square, add up, take the root.',
    ],
    [
      relationsOf(points, { unit: (far, count) => (2 * sum(far)) / count ** 2 }),
      'A point is no pair with itself: take the mean over pairs of two different points.',
    ],
    [relationsOf(points, { unit: far => Math.max(...far) }), 'You divided by the largest distance. Divide by their mean.'],
    [relationsOf(points, { unit: sum }), 'You divided by the sum of distances. Divide by their mean.'],
  ];
}

function lossMistakes(student: Points, teacher: Points): KnownMistakes {
  const off = (slips: Slips = {}): number[] => {
    const theirs = relationsOf(teacher, slips);
    return relationsOf(student, slips).map((d, i) => d - (theirs[i] as number));
  };
  return [
    [mean(off({ unit: () => 1 }).map(huber)), 'The mean distance is missing: compare what relations returns.'],
    [mean(off().map(d => d ** 2 / 2)), 'That is half the square everywhere. Beyond 1 Huber goes on straight: |d| - ½.'],
    [mean(off().map(d => d ** 2)), 'Those are squares. Huber has ½ d² up to 1 and goes on straight beyond: |d| - ½.'],
    [mean(off().map(Math.abs)), 'Those are absolute differences. Up to 1 Huber is ½ d².'],
    [sum(off().map(huber)), 'That is the sum over pairs. Take the mean.'],
    [mean(off().map(d => (Math.abs(d) <= 1 ? d ** 2 / 2 : Math.abs(d)))), 'At 1 both pieces meet: ½ d² is ½ there, and |d| - ½ too.'],
    [mean(off().map(d => (Math.abs(d) <= 1 ? d ** 2 : Math.abs(d)))), 'Up to 1 it is ½ d², and beyond |d| - ½.'],
    [mean(off().map(d => (d <= 1 ? d ** 2 / 2 : d - 1 / 2))), 'A difference may be below -1, too: take |d|.'],
  ];
}

export const relationQuestion = question(
  'relations',
  { points: 6, title: 'How far from each other', uses: ['relations', 'relationLoss'], withhold: ['relationDistance'] },
  async q => {
    await q.part('distances', { points: 3 }, async () => {
      for (const points of q.cases(6, (rng, i) => cloud(rng, 3 + (i % 3), 2 + (i % 2))))
        q.close(await q.call('relations', points), relationsOf(points), {
          known: relationMistakes(points),
          hint: 'The pairs (0, 1), (0, 2) … (1, 2) …: the length of their difference, over the mean of all those lengths.',
        });
    });
    await q.part('loss', { points: 3 }, async () => {
      const pairs = q.cases(8, (rng, i): [Points, Points] => {
        const count = 5 + (i % 2);
        return [cloud(rng.split('student'), count, 2), cloud(rng.split('teacher'), count, 3)];
      });
      for (const [student, teacher] of pairs) {
        const theirs = relationsOf(teacher);
        const right = mean(relationsOf(student).map((d, i) => huber(d - (theirs[i] as number))));
        q.close(q.asNumber(await q.call('relationLoss', student, teacher)), right, {
          known: lossMistakes(student, teacher),
          hint: 'relations of both, Huber of each difference, the mean over pairs.',
        });
      }
    });
  },
);
