import { type KnownMistakes, question, type Random } from 'tinylab';

// The bonus: what the leaderboard counts, and what few bits do to it.

interface Runs {
  /** Accuracies of the student and of its control, in points, seed by seed. */
  readonly runs: readonly { readonly student: number; readonly control: number }[];
  readonly teacher: number;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: readonly number[], less = 1): number => {
  const middle = mean(values);
  return Math.sqrt(values.reduce((s, v) => s + (v - middle) ** 2, 0) / (values.length - less));
};

const runsAt = (rng: Random, i: number): Runs => ({
  runs: Array.from({ length: 3 + (i % 3) }, () => {
    const control = rng.int(770, 810) / 10;
    return { control, student: control + rng.int(5, 80) / 10 };
  }),
  teacher: 90 + (i % 4) / 2,
});

const sharesOf = ({ runs, teacher }: Runs): number[] => runs.map(run => 1 - (teacher - run.student) / (teacher - run.control));

const meanMistakes = ({ runs, teacher }: Runs): KnownMistakes => [
  [mean(runs.map(r => r.student - r.control)), 'Those are points. Divide by the gap between teacher and control.'],
  [
    mean(runs.map(r => r.student - r.control)) / mean(runs.map(r => teacher - r.control)),
    'That is the ratio of two means. Each seed has a share of its own: the mean of those.',
  ],
  [mean(runs.map(r => (teacher - r.student) / (teacher - r.control))), 'That is what is still open. Take what is closed.'],
  [mean(runs.map(r => r.student / teacher)), 'The control is missing: 0 is where it stands, 1 where the teacher does.'],
  [100 * mean(sharesOf({ runs, teacher })), 'A share, not percent: 1 is the whole gap.'],
];

function errorMistakes(asked: Runs): KnownMistakes {
  const [shares, n] = [sharesOf(asked), asked.runs.length];
  return [
    [deviation(shares), 'That is the spread of one run. The error of the mean of n runs is smaller by √n.'],
    [deviation(shares, 0) / Math.sqrt(n), 'The mean was taken from these very runs: divide by n - 1 in the spread.'],
    [deviation(shares, 0), 'That is the spread of one run, and with n in place of n - 1. Divide by √n for the error of the mean.'],
    [deviation(shares) / n, 'The error shrinks with √n, not with n.'],
    [deviation(shares) ** 2 / n, 'The root is missing.'],
  ];
}

export const gapQuestion = question(
  'gap-closed',
  { points: 0, bonus: 5, title: 'Gap closed', uses: ['gapClosed', 'fourBits', 'twoBits'] },
  async q => {
    await q.part('share', { points: 3 }, async () => {
      for (const one of q.cases(6, runsAt)) {
        const got = await q.call('gapClosed', one.runs, one.teacher);
        const shares = sharesOf(one);
        q.close(q.field(got, 'mean'), mean(shares), {
          asked: 'the mean of gapClosed(runs, teacher)',
          known: meanMistakes(one),
          hint: '(student - control) / (teacher - control) of each seed, then the mean.',
        });
        q.close(q.field(got, 'error'), deviation(shares) / Math.sqrt(shares.length), {
          asked: 'the error of gapClosed(runs, teacher)',
          known: errorMistakes(one),
          hint: 'The spread of the shares (with n - 1), divided by √n.',
        });
      }
    });
    await q.part('bits', { points: 2 }, async () => {
      await q.choice('fourBits', 'a', {
        b: 'Look at the difference seed by seed, and at how it compares with its error.',
        c: 'Look at the sign: distilled minus labels alone, at 4 bits.',
      });
      await q.choice('twoBits', 'c', {
        a: 'Look at the sign: distilled minus labels alone, at 2 bits.',
        b: 'Look at the difference seed by seed, and at how it compares with its error.',
      });
    });
  },
);
