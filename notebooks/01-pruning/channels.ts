import { array, type Examiner, loadDataset, macs, type NDArray, normal, type Question, question, type Random, sameLayers } from 'tinylab';
import { accuracyLost, denseNet, goals, layerOps } from './nets.ts';
import {
  type ConvLayer,
  channelMask,
  channelsToKeep,
  firstChannels,
  gather,
  inputAxis,
  keepChannels,
  norms,
  type Pair,
  ranked,
  sum,
} from './reference.ts';
import { isFloat, isUnmoved, unmoved } from './roles.ts';

// Questions 8 to 11: whole channels, which ones, what it buys.

/**
 * Two layers with channels between them; the second is a dense layer every second time. Axes of equal sizes in the first two, so that a cut
 * along the wrong one fits; of unequal sizes in the others. Norms span magnitudes: as text, 12 comes before 2.
 */
function makePair(rng: Random, i: number): Pair {
  const channels = i === 4 ? 12 : rng.int(4, 7);
  const [inputs, outputs] = i < 2 ? [channels, channels] : [channels + rng.pick([-2, 1, 3]), channels + rng.pick([-1, 2])];
  const [height, width] = i % 3 === 2 ? [1, 3] : [3, 3];
  const vector = (): NDArray => normal(rng, [channels]);
  const layer = {
    kernel: normal(rng, [height, width, inputs, channels]),
    gamma: vector(),
    beta: vector(),
    mean: vector(),
    variance: vector(),
  };
  const reading = normal(rng, i % 2 === 1 ? [channels, outputs] : [3, 3, channels, outputs]);
  const strength = Array.from({ length: channels }, () => rng.pick([0.1, 1, 3, 10]));
  const next = array(
    reading.shape,
    Float32Array.from(reading.data, (w, j) => w * (strength[Math.floor(j / outputs) % channels] as number)),
  );
  return { layer, next };
}

const someOf = (rng: Random, channels: number): number[] => [...rng.permutation(channels)].slice(0, channels - rng.int(1, 2));

const withStatisticsOf = (pair: Pair, { gamma, beta, mean, variance }: ConvLayer): Pair => ({
  ...pair,
  layer: { ...pair.layer, gamma, beta, mean, variance },
});

async function surgery(q: Examiner): Promise<void> {
  for (const [i, pair] of q.cases(6, makePair).entries()) {
    const { layer, next } = pair;
    const keep = someOf(q.rng.split(i), layer.gamma.data.length);
    const right = keepChannels(pair, keep);
    const otherAxis = gather(next, next.shape.length - 1, keep);
    q.equal(await q.call('keepChannels', layer, next, keep), right, {
      known: [
        [withStatisticsOf(right, layer), 'Batch norm still has all channels: cut gamma, beta, mean and variance too.'],
        [{ ...right, next }, 'The next layer still reads all channels: cut its input channels too.'],
        [{ ...right, next: otherAxis }, 'You cut the output channels of the next layer. What it reads is its last axis but one.'],
        [
          { ...right, layer: { ...right.layer, kernel: gather(layer.kernel, 2, keep) } },
          'You cut the input channels of the layer itself. Its output channels are the last axis.',
        ],
        [keepChannels(pair, firstChannels(keep.length)), 'You kept the first channels. Keep those that `keep` lists.'],
        [
          keepChannels(
            pair,
            keep.toSorted((a, b) => a - b),
          ),
          'The channels should come in the order of `keep`.',
        ],
      ],
      hint: 'Six arrays change: kernel (last axis), four of batch norm, and the kernel of the next layer (last axis but one).',
    });
  }
}

/** Channels and a ratio that leave a broken number, in turn below and above a half and never on it; the first leaves a whole one. */
function noHalf(rng: Random, i: number): readonly [channels: number, ratio: number] {
  if (i === 0) return [10 * rng.int(1, 6), rng.pick([0.2, 0.3])];
  const [n, ratio] = [rng.int(9, 120), rng.pick([0.1, 0.2, 0.35, 0.45, 0.6])];
  const rest = (n * (1 - ratio)) % 1;
  const fits = i % 2 === 0 ? rest > 0.09 && rest < 0.41 : rest > 0.59 && rest < 0.91;
  return fits ? [n, ratio] : noHalf(rng, i);
}

const channels = question(
  'channels',
  {
    points: 7,
    title: 'Channel pruning',
    uses: ['channelsToKeep', 'channelMask', 'keepChannels', 'residualAnswer'],
    withhold: ['pruneChannels', 'sortChannels', 'channelsToKeep'],
  },
  async q => {
    await q.part('count', { points: 1 }, async () => {
      for (const [n, ratio] of q.cases(6, noHalf)) {
        q.equal(await q.call('channelsToKeep', n, ratio), channelsToKeep(n, ratio), {
          known: [
            [Math.round(n * ratio), 'That is how many go. The ratio is the share of channels that is removed.'],
            [Math.floor(n * (1 - ratio)), 'Round to the nearest whole number; you cut off.'],
            [Math.ceil(n * (1 - ratio)), 'Round to the nearest whole number; you rounded up.'],
            [n - Math.floor(n * ratio), 'Round the number that stays, channels · (1 - ratio).'],
            [Math.round(n * (1 + ratio)), 'The ratio is the share that is removed: take it away from 1, do not add it.'],
            [Math.round(1 - ratio + n), 'Multiply the channels by 1 - ratio, do not add it.'],
            [Math.round(1 - ratio), 'The channels are missing: channels · (1 - ratio) stay.'],
          ],
        });
      }
    });
    await q.part('mask', { points: 1 }, async () => {
      for (const [i, { layer }] of q.cases(5, makePair).entries()) {
        const keep = someOf(q.rng.split(`mask ${i}`), layer.gamma.data.length);
        const flat = (axis: number): readonly number[] => [...channelMask(layer.kernel, keep, axis).data];
        const got = q.asArray(await q.call('channelMask', layer.kernel, keep), layer.kernel.shape);
        q.equal([...got.data], flat(3), {
          known: [
            [flat(2), 'Your mask lies along the input channels. Output channels are the last axis of a kernel [height, width, in, out].'],
            [
              [...layer.kernel.data].map((_, j) => Number(keep.includes(j % (layer.kernel.shape[2] as number)))),
              'Your mask counts channels by the size of another axis. Output channels are the last axis of a kernel [height, width, in, out].',
            ],
            [flat(0), 'Your mask lies along the height. Output channels are the last axis of a kernel [height, width, in, out].'],
            [flat(3).map(v => 1 - v), '1 stands for what is kept, 0 for what goes.'],
          ],
        });
      }
    });
    await q.part('surgery', { points: 3 }, () => surgery(q));
    await q.part('residual', { points: 2 }, async () => {
      await q.choice('residualAnswer', 'c', {
        a: 'The sum would add 15 channels to 16: the branch and the shortcut must keep the same ones.',
        b: 'Both sides of the sum need the same channels, but the next layer reads the sum, so it must be cut too.',
        d: 'It can be done: remove the channel on both sides of the sum, and where the sum is read.',
      });
    });
  },
);

const importance = question(
  'importance',
  {
    points: 7,
    title: 'Which channels',
    uses: ['inputChannelImportance', 'sortChannels'],
    needs: ['keepChannels'],
    withhold: ['pruneChannels', 'sortChannels', 'channelNorm'],
  },
  async q => {
    await q.part('norms', { points: 3 }, async () => {
      for (const { next } of q.cases(6, makePair)) {
        q.close(await q.call('inputChannelImportance', next), norms(next), {
          known: [
            [
              norms(next, { axis: next.shape.length - 1 }),
              'Those are norms of output channels. What counts is how strongly the next layer reads each input channel: the last axis but one.',
            ],
            [norms(next, { power: 1 }), 'That is the L1 norm. Asked is L2: the root of the sum of squares.'],
            [norms(next, { root: false }), 'You left out the root. It would not change the ranking, but it is not the norm.'],
            [
              firstChannels(next.shape.at(-2) as number).map(c => sum(gather(next, inputAxis(next), [c]).data)),
              'You added up signed weights: positive and negative ones cancel. Square them first.',
            ],
          ],
        });
      }
    });
    await q.part('sort', { points: 4 }, async () => {
      for (const pair of q.cases(6, makePair)) {
        const order = ranked(norms(pair.next));
        const right = keepChannels(pair, order);
        const text = norms(pair.next).map(String);
        const byText = firstChannels(text.length).sort((a, b) => ((text[b] as string) > (text[a] as string) ? 1 : -1));
        const byOutput = ranked(norms(pair.layer.kernel, { axis: 3 }));
        q.equal(await q.call('sortChannels', pair.layer, pair.next), right, {
          known: [
            [pair, 'Nothing is sorted: order the channels by importance, then keep all of them in that order.'],
            [{ ...right, next: pair.next }, 'The inputs of the next layer are not permuted: it would read the wrong channels.'],
            [withStatisticsOf(right, pair.layer), 'Batch norm is not permuted: channels would get the statistics of others.'],
            [keepChannels(pair, order.toReversed()), 'The most important channel comes first: the first ones are kept.'],
            [keepChannels(pair, byText), 'You ranked the norms as text, where 12 comes before 2. Compare numbers: sort((a, b) => …).'],
            [
              keepChannels(pair, byOutput),
              'You ranked by what the layer writes. Rank by what the next layer reads: inputChannelImportance(next).',
            ],
          ],
          hint: 'Find the order, then keepChannels with all channels in that order.',
        });
      }
    });
  },
);

const narrow = question('narrow', { points: 3, title: 'The narrow network', uses: ['narrow'], ops: layerOps }, async q => {
  const model = q.asModel(await q.deliverable('narrow'));
  const layers = sameLayers(model, denseNet(), { fewer: true }) && isFloat(model);
  q.true(layers, {
    asked: 'the layers of the dense network with fewer channels, their weights as 32-bit numbers',
    hint: 'Start from narrowNetwork(dense, 0.3, sortChannels), and train it as it is.',
  });
  if (!layers) return;
  const share = macs(model) / macs(denseNet());
  q.true(share <= goals.macs, {
    asked: `at most ${goals.macs} of the dense network's MACs`,
    got: share,
    hint: 'Remove 30 % of the channels of every convolution but the last.',
  });
  const { test } = await loadDataset('fashion-mnist');
  const lost = accuracyLost(await q.accuracy(model, test), test);
  q.true(lost <= goals.narrow, {
    asked: `at most ${goals.narrow} less accuracy than the dense network on the test images`,
    got: lost,
    hint: `${isUnmoved(model, denseNet(), ['gamma', 'beta']) ? unmoved : ''}Sort before you cut, then fine-tune for an epoch with a learning rate of 0.05 that falls to 0.`,
  });
});

const latency = question('latency', { points: 2, title: 'MACs and latency, measured', uses: ['latencies'] }, async q => {
  const measured = await q.deliverable('latencies');
  const expected = { dense: macs(denseNet()), narrow: macs(q.asModel(await q.deliverable('narrow'))) };
  for (const name of ['dense', 'narrow'] as const) {
    const row = q.field(measured, name);
    const time = q.asNumber(q.field(row, 'milliseconds'));
    q.equal(q.field(row, 'macs'), expected[name], {
      asked: `macs of the ${name} network`,
      known: [[2 * expected[name], 'Those are FLOPs: one MAC is two of them.']],
      hint: 'Take macs(model) of the networks that you have now; run the cell again if you changed narrow.',
    });
    q.true(Number.isFinite(time) && time > 0 && time < 60_000, {
      asked: `a measured time for the ${name} network, in milliseconds`,
      got: time,
      hint: 'Take medianMs of latency(model).',
    });
  }
});

// Sealed: the notebook notes these letters, and the grader's hidden cases judge them.

const halfTheMacs = question(
  'half-the-macs',
  { points: 4, title: 'Why half, and why not half the time', uses: ['macsAnswer', 'latencyAnswer'] },
  async q => {
    await q.part('macs', { points: 2 }, async () => {
      await q.sealed('macsAnswer', ['a', 'b', 'c', 'd']);
    });
    await q.part('time', { points: 2 }, async () => {
      await q.sealed('latencyAnswer', ['a', 'b', 'c', 'd']);
    });
  },
);

const comparison = question('comparison', { points: 6, title: 'Which pruning?', uses: ['compareAnswer', 'phoneAnswer'] }, async q => {
  await q.part('accuracy', { points: 3 }, async () => {
    await q.sealed('compareAnswer', ['a', 'b', 'c', 'd']);
  });
  await q.part('phone', { points: 3 }, async () => {
    await q.sealed('phoneAnswer', ['a', 'b', 'c', 'd']);
  });
});

export const channelQuestions: readonly Question[] = [channels, importance, narrow, latency, halfTheMacs, comparison];
