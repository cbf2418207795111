import { hiddenCases, loops } from 'tinylab';
import { convMistakes } from '../../../notebooks/05-tinyengine/int8-mistakes.ts';
import { judged } from '../../../notebooks/05-tinyengine/network.ts';
import { known } from '../../../notebooks/05-tinyengine/products.ts';
import { hiddenFashionMnist } from '../../data/fashion-mnist/hidden.ts';

const { int8Conv, matmul } = loops.problems;

/** Products whose sides are 1, or just beside a multiple of four or of a tile. */
const sides = [matmul({ m: 1, n: 13, k: 3 }), matmul({ m: 11, n: 1, k: 5 }), matmul({ m: 17, n: 33, k: 15 })];
const hint = 'Other sides were asked than you have seen: try a side of 1, and sides that no tile and no vector divides.';

const largerSizes = { height: 7, width: 8, channels: 24, filters: 12 };
const layer = int8Conv(largerSizes);

export default hiddenCases('05-tinyengine', {
  hierarchy: async q => {
    await q.part('why', { points: 1 }, async () => {
      await q.choice('farWhy', 'c', {
        a: 'The walks of the first figure go over all numbers, and those lie in far memory whatever the step is.',
        b: 'A processor never fetches less than a line, however little of it is asked for.',
        d: 'The time is that of one access: how many there are does not matter.',
      });
    });
  },
  network: q => judged(q, { images: hiddenFashionMnist(), named: 'on pictures that nobody has seen' }),
  reorder: async q => {
    await q.part('right', { points: 3 }, async () => {
      await q.loop('reordered', sides, { known, seeds: 1, hint });
    });
  },
  unroll: async q => {
    await q.part('right', { points: 3 }, async () => {
      await q.loop('unrolled', sides, { known, seeds: 1, hint });
    });
  },
  tile: async q => {
    await q.part('right', { points: 3 }, async () => {
      await q.loop('tiled', sides, { known, seeds: 1, hint });
    });
  },
  'fast-convolution': async q => {
    await q.part('right', { points: 3 }, async () => {
      for (const sizes of [{ height: 1, width: 1, channels: 33, filters: 2 }, largerSizes])
        await q.loop('fastConv', [int8Conv(sizes)], {
          seeds: 1,
          known: convMistakes(sizes),
          hint: 'Other sizes were asked than you have seen: try an image of one place, and channels that no vector divides.',
        });
    });
    await q.part('few', { points: 4 }, async () => {
      await q.counts('fastConv', layer, {
        atMost: { instructions: Math.floor(7.5 * layer.macs) },
        hint: 'Another layer than the one that you saw has to be right and quick too.',
      });
    });
  },
});
