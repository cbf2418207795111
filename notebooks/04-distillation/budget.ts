import { type Examiner, type Question, question, type Random } from 'tinylab';

// Question 5: a gain that is owed to the teacher and to nothing else.

/** How one student is trained. */
export interface Recipe {
  readonly steps: number;
  readonly images: number;
  readonly rate: number;
  readonly seed: number;
  readonly loss: string;
}

const recipe = (rng: Random): Recipe => ({
  steps: rng.int(300, 3000),
  images: rng.int(500, 5000),
  rate: rng.pick([0.05, 0.1, 0.2, 0.8]),
  seed: rng.int(1, 90),
  loss: 'labels',
});

const budgetHints: Readonly<Record<string, string>> = {
  steps: 'The steps differ: a student that is trained for longer is better without any teacher.',
  images: 'The images differ: what is gained may come of more images.',
  rate: 'The learning rate differs: what is gained may come of the rate.',
  seed: 'The seed differs: both begin with the same weights and see the images in the same order.',
};

async function askRecipe(q: Examiner): Promise<void> {
  for (const control of q.cases(4, recipe))
    for (const loss of ['distillation', 'label smoothing']) {
      const got = q.asRecord(await q.call('sameBudget', { ...control }, loss));
      const differs = (['steps', 'images', 'rate', 'seed'] as const).find(key => got[key] !== control[key]);
      q.equal(
        got,
        { ...control, loss },
        {
          hint: differs === undefined ? 'Only the loss is another: the one that is asked for.' : (budgetHints[differs] as string),
        },
      );
    }
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
const variance = (list: readonly number[], less = 1): number =>
  list.reduce((sum, v) => sum + (v - mean(list)) ** 2, 0) / (list.length - less);

function runs(rng: Random, i: number): { control: number[]; distilled: number[] } {
  const seeds = [5, 3, 8, 4][i % 4] as number;
  const control = Array.from({ length: seeds }, () => 79 + 2 * rng.normal());
  return { control, distilled: control.map(a => a + 4 + 0.7 * rng.normal()) };
}

async function askGain(q: Examiner): Promise<void> {
  for (const { control, distilled } of q.cases(5, runs)) {
    const gains = distilled.map((a, i) => a - (control[i] as number));
    const n = gains.length;
    const right = { mean: mean(gains), error: Math.sqrt(variance(gains) / n) };
    const withError = (error: number): unknown => ({ ...right, error });
    q.close(await q.call('pairedGain', [...control], [...distilled]), right, {
      known: [
        [withError(Math.sqrt(variance(gains))), 'That is the standard deviation of one run. Of a mean over n seeds it is divided by √n.'],
        [withError(Math.sqrt(variance(gains, 0) / n)), 'For a sample, divide the squares by n − 1 before you take the root.'],
        [withError(Math.sqrt(variance(gains, 0))), 'Divide the squares by n − 1, and the root by √n.'],
        [withError(variance(gains) / n), 'The root is missing.'],
        [
          withError(Math.sqrt((variance(control) + variance(distilled)) / n)),
          'That is the error without pairs. Take the gain of each seed first, and the spread of those.',
        ],
        [withError(Math.sqrt(variance(gains)) / n), 'Divide the standard deviation by √n, not by n.'],
        [{ mean: gains[0], error: 0 }, 'That is one seed, which says nothing of the spread. Take all of them.'],
        [{ mean: Math.max(...gains), error: right.error }, 'That is the best seed. Take the mean of all.'],
        [{ ...right, mean: -right.mean }, 'The sign is the other way round: distilled minus control.'],
      ],
      hint: 'Gains g_i = distilled_i − control_i; their mean; and √(Σ (g_i − mean)² / (n − 1) / n).',
    });
  }
}

export const budgetQuestion: Question = question(
  'budget',
  { points: 8, title: 'Equal budgets', uses: ['sameBudget', 'pairedGain', 'transferAnswer', 'seedAnswer'] },
  async q => {
    await q.part('recipe', { points: 2 }, () => askRecipe(q));
    await q.part('gain', { points: 4 }, () => askGain(q));
    await q.part('choices', { points: 2 }, async () => {
      await q.sealed('transferAnswer', ['a', 'b', 'c', 'd']);
      await q.sealed('seedAnswer', ['a', 'b', 'c', 'd']);
    });
  },
);
