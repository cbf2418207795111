import { accuracy, hiddenCases } from 'tinylab';
import { climb } from '../../../notebooks/01-pruning/leaderboard.ts';
import { accuracyLost, goals, prunedBy } from '../../../notebooks/01-pruning/nets.ts';
import { hiddenFashionMnist } from '../../data/fashion-mnist/hidden.ts';

const unseen = 'on pictures that nobody has seen';

export default hiddenCases('01-pruning', {
  sparsities: async q => {
    const images = hiddenFashionMnist();
    const map = q.asRecord(await q.read('sparsities')) as Record<string, number>;
    q.true(accuracyLost(accuracy(await prunedBy(map), images), images) <= goals.map, {
      asked: `at most ${goals.map} of accuracy lost before any training, ${unseen}`,
      hint: 'Your map spares what matters on the validation images only: take a little more from the large late layers, and less elsewhere.',
    });
  },
  leaderboard: q => climb(q, hiddenFashionMnist()),
  pruned: async q => {
    const images = hiddenFashionMnist();
    const got = await q.accuracy(q.asModel(await q.deliverable('pruned')), images);
    q.true(accuracyLost(got, images) <= goals.pruned, {
      asked: `at most ${goals.pruned} less accuracy than the dense network, ${unseen}`,
      hint: 'Your pruned network does worse on new pictures: train it on `train` alone, for another epoch.',
    });
  },
  narrow: async q => {
    const images = hiddenFashionMnist();
    const got = await q.accuracy(q.asModel(await q.deliverable('narrow')), images);
    q.true(accuracyLost(got, images) <= goals.narrow, {
      asked: `at most ${goals.narrow} less accuracy than the dense network, ${unseen}`,
      hint: 'Your narrow network does worse on new pictures: train it on `train` alone, for another epoch.',
    });
  },
  'half-the-macs': async q => {
    await q.part('macs', { points: 2 }, async () => {
      await q.choice('macsAnswer', 'b', {
        a: 'Rounding moves a layer by a channel or so. The gap from 0.7 to 0.5 is much larger.',
        c: 'Pooling is the same in both networks. Look at one convolution: what happens to its inputs, what to its outputs?',
        d: 'The images kept their size. Look at one convolution: what happens to its inputs, what to its outputs?',
      });
    });
    await q.part('time', { points: 2 }, async () => {
      await q.choice('latencyAnswer', 'd', {
        a: 'Nothing of a removed channel is computed: the arrays are smaller. That is the point of surgery.',
        b: 'The median over 30 runs is steady to a few per cent. The gap is larger.',
        c: 'No weight is 0 here, and a dense kernel would not notice zeros anyway.',
      });
    });
  },
  comparison: async q => {
    await q.part('accuracy', { points: 3 }, async () => {
      await q.choice('compareAnswer', 'a', {
        b: 'The other way round: it removed 78 % of the weights, channel pruning about 45 %. And still it lost less.',
        c: 'A zero computes nothing that a removed weight would not: the two networks just have different weights left.',
        d: 'Both were trained on, for as long. Fine-grained pruning was ahead before that too.',
      });
    });
    await q.part('phone', { points: 3 }, async () => {
      await q.choice('phoneAnswer', 'c', {
        a: 'A dense kernel multiplies by zeros like by any number: the file shrinks, the time does not.',
        b: 'Fewer bytes to load help, but a dense kernel unpacks the zeros again before it runs.',
        d: 'Unstructured zeros need hardware or kernels that skip them. A phone without them gains nothing.',
      });
    });
  },
});
