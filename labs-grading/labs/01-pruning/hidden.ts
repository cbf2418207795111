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
});
