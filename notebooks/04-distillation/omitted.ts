import { type KnownMistakes, normal, question, type Random } from 'tinylab';

// The question on a class that a student never saw.

/** What a student says of images, and what they are. */
export interface Said {
  readonly logits: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

interface Asked {
  readonly said: Said;
  readonly omitted: number;
  readonly shifts: readonly number[];
}

/** Logits of a student whose logit of one class is too low by about 3, for images of which a third are of that class. */
function asked(rng: Random, i: number): Asked {
  const [count, classes] = [60, 4];
  const omitted = i % classes;
  const labels = Array.from({ length: count }, (_, k) => (k % 3 === 0 ? omitted : rng.int(0, classes - 1)));
  const noise = normal(rng.split('noise'), [count * classes]).data;
  const logits = labels.map((label, k) =>
    Array.from(
      { length: classes },
      (_, c) => 1.1 * (noise[k * classes + c] as number) + (c === label ? 3 : 0) - (c === omitted ? 3 + (i % 3) : 0),
    ),
  );
  return { said: { logits, labels }, omitted, shifts: Array.from({ length: 29 }, (_, k) => k * 0.5 - 6) };
}

const topOf = (row: readonly number[]): number => row.indexOf(Math.max(...row));

/** Share of images that are right when `shift` is added to the logit of one class, or the share of those of that class. */
export function shareRight(
  { logits, labels }: Said,
  at: { readonly shift: number; readonly omitted: number; readonly recall?: boolean },
): number {
  const hits = logits.map((row, i) => {
    const moved = row.map((v, c) => (c === at.omitted ? v + at.shift : v));
    return topOf(moved) === labels[i];
  });
  const counted = hits.filter((_, i) => !at.recall || labels[i] === at.omitted);
  return counted.filter(Boolean).length / counted.length;
}

/** The first shift for which `score` is largest. */
function bestOf(shifts: readonly number[], score: (shift: number) => number): number {
  const scores = shifts.map(score);
  return shifts[scores.indexOf(Math.max(...scores))] as number;
}

function shiftMistakes({ said, omitted, shifts }: Asked): KnownMistakes {
  const classes = said.logits[0]?.length as number;
  const score = (shift: number): number => shareRight(said, { shift, omitted });
  const most = Math.max(...shifts.map(score));
  const others = Array.from({ length: classes }, (_, c) => c).filter(c => c !== omitted);
  return [
    [shifts[0] as number, 'That is the first shift: does the shift move anything? Added to all classes it does not.'],
    [
      bestOf(shifts, shift => shareRight(said, { shift, omitted, recall: true })),
      'That shift has the best recall of that class. With it, images of other classes are taken for it: ask for the accuracy of all.',
    ],
    [bestOf(shifts, shift => -score(shift)), 'That is the shift of the worst accuracy.'],
    [most, 'That is the accuracy. Return the shift.'],
    [shifts.map(score).indexOf(most), 'That is the place in the list. Return the shift that stands there.'],
    [shifts.findLast(shift => score(shift) === most) as number, 'Of equal ones the first in the list.'],
    [
      bestOf(shifts, shift => shareRight(said, { shift: -shift, omitted })),
      'Yours goes the other way: the shift is added to the logit of the omitted class, not taken from it, and not added to all the others.',
    ],
    ...others.map((c): [number, string] => [
      bestOf(shifts, shift => shareRight(said, { shift, omitted: c })),
      'The shift goes to another class than the omitted one.',
    ]),
  ];
}

export const omittedQuestion = question(
  'omitted-class',
  { points: 8, title: 'A class it never saw', uses: ['bestShift', 'bootsReturn', 'trousersStay', 'shiftOn'], withhold: ['shiftClass'] },
  async q => {
    await q.part('shift', { points: 5 }, async () => {
      for (const one of q.cases(8, asked)) {
        const { said, omitted, shifts } = one;
        const got = q.asNumber(await q.call('bestShift', said, { omitted, shifts }));
        q.equal(
          got,
          bestOf(shifts, shift => shareRight(said, { shift, omitted })),
          {
            known: shiftMistakes(one),
            hint: 'For each shift: add it to the logit of that class, count the images that are right, keep the best.',
          },
        );
      }
    });
    await q.part('why', { points: 3 }, async () => {
      await q.choice('bootsReturn', 'c', {
        a: 'Its labels are not looked at in this run: the teacher’s soft outputs are all that it sees.',
        b: 'First weights know nothing of boots. With hard labels of the same images the recall stays at 0.',
        d: 'The shift moves every image alike. It cannot tell boots from the rest unless the logit does.',
      });
      await q.choice('trousersStay', 'a', {
        b: 'Their recall stays at 0 however far the bias is moved, on the whole list of shifts.',
        c: 'The teacher tells trousers from the rest better than most classes.',
        d: 'There are as many trousers as boots: 1,000 of 10,000 or about that many.',
      });
      await q.choice('shiftOn', 'b', {
        a: 'There are no boots among the images that the student trains on: any shift only harms there.',
        c: 'The hidden and test images judge. What is chosen on them looks better than it is.',
      });
    });
  },
);
