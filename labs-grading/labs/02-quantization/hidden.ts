import { hiddenCases } from 'tinylab';
import { goals } from '../../../notebooks/02-quantization/nets.ts';
import { mixedOn, programOn } from '../../../notebooks/02-quantization/networks.ts';
import { hiddenFashionMnist } from '../../data/fashion-mnist/hidden.ts';

export default hiddenCases('02-quantization', {
  recovered: async q => {
    const got = await q.accuracy(q.asModel(await q.deliverable('recovered')), hiddenFashionMnist());
    q.true(got >= goals.recovered, {
      asked: `an accuracy of at least ${goals.recovered} on pictures that nobody has seen`,
      hint: 'It does worse on new pictures than on those you have: refresh the statistics on `train`, with 20 batches or more.',
    });
  },
  program: q => programOn(q, hiddenFashionMnist()),
  'trained-rounded': async q => {
    const got = await q.accuracy(q.asModel(await q.deliverable('qat')), hiddenFashionMnist());
    q.true(got >= goals.trained, {
      asked: `an accuracy of at least ${goals.trained} on pictures that nobody has seen`,
      hint: 'It does worse on new pictures than on those you have: train on `train` alone.',
    });
  },
  'mixed-precision': q => mixedOn(q, hiddenFashionMnist()),
});
