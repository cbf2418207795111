import {
  accuracy,
  type Dataset,
  type Examiner,
  loadDataset,
  type Model,
  macs,
  pruneChannels,
  type Question,
  question,
  refreshBatchNorm,
} from 'tinylab';
import { denseNet, keepingLast } from './nets.ts';

// The bonus: a number of channels for each convolution, at 30 % of the MACs, against what NetAdapt finds.

export const budget = 0.3;
const full: readonly number[] = [8, 16, 32, 64, 64, 128, 128, 128];

/** Rivals. NetAdapt here: 7 % of the MACs a step, from the layer whose loss, with fresh statistics on 1,000 validation images, is least. */
export const rivals = {
  uniform: [4, 9, 17, 33, 33, 67, 67, 128],
  netAdapt: [8, 6, 12, 22, 64, 50, 71, 128],
} as const;

/** The dense network with its best channels, this many of each convolution. */
const cut = (widths: readonly number[]): Model =>
  pruneChannels(denseNet(), { ratio: Object.fromEntries(widths.map((width, i) => [`conv2d-${i + 1}`, 1 - width / (full[i] as number)])) });

/** With fresh statistics and no training. */
const refreshed = keepingLast(async (widths: readonly number[]) => {
  const { train } = await loadDataset('fashion-mnist');
  return refreshBatchNorm(cut(widths), train);
});

const known = new Map<string, number>();

/** Measured once for each list and set. */
async function scoreOf(widths: readonly number[], images: Dataset): Promise<number> {
  const key = `${widths.join()} ${images.name}`;
  const score = known.get(key) ?? accuracy(await refreshed(widths), images);
  known.set(key, score);
  return score;
}

/** Leaderboard score: points of accuracy (0.01) ahead of NetAdapt at the same budget. */
export async function leaderboardScore(widths: readonly number[], images: Dataset): Promise<number> {
  return 100 * ((await scoreOf(widths, images)) - (await scoreOf(rivals.netAdapt, images)));
}

/** The student's list, if it is one and within the budget. */
export async function widthsOf(q: Examiner): Promise<readonly number[] | undefined> {
  const list = q.asList(await q.read('widths'));
  const sound =
    list.length === full.length && full.every((most, i) => Number.isInteger(list[i]) && Number(list[i]) >= 1 && Number(list[i]) <= most);
  q.true(sound, {
    asked: `a list of ${full.length} whole numbers, from 1 to ${full.join(', ')}`,
    hint: 'One number of channels for each convolution.',
  });
  if (!sound) return undefined;
  const share = macs(cut(list as number[])) / macs(denseNet());
  q.true(share <= budget, {
    asked: `at most ${budget} of the dense network's MACs`,
    got: share,
    hint: 'Too much work: take channels away.',
  });
  return share <= budget ? (list as number[]) : undefined;
}

/** Asks for the three steps of the ladder on these images. */
export async function climb(q: Examiner, images: Dataset): Promise<void> {
  const widths = await widthsOf(q);
  if (!widths) return;
  const ahead = await leaderboardScore(widths, images);
  const uniform = 100 * ((await scoreOf(rivals.uniform, images)) - (await scoreOf(rivals.netAdapt, images)));
  const steps = [
    { id: 'uniform', points: 1, over: uniform, asked: 'more than the same share of every layer' },
    { id: 'netadapt', points: 2, over: 0, asked: 'more than NetAdapt' },
    { id: 'ahead', points: 2, over: 1.5, asked: 'more than NetAdapt by 1.5 points' },
  ];
  for (const { id, points, over, asked } of steps) {
    await q.part(id, { points }, () => {
      q.true(ahead > over, {
        asked,
        got: `leaderboard score ${ahead.toFixed(2)}`,
        hint: 'Search: change one layer, pay with another, keep what is better.',
      });
    });
  }
}

export const leaderboard: Question = question('leaderboard', { points: 0, bonus: 5, title: 'Leaderboard', uses: ['widths'] }, async q => {
  const { validation } = await loadDataset('fashion-mnist');
  await climb(q, validation);
});
