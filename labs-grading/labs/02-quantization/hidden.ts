import { hiddenCases } from 'tinylab';
import { keeps } from '../../../notebooks/02-quantization/depthwise.ts';
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
  depthwise: q => keeps(q, { images: hiddenFashionMnist(), named: 'on pictures that nobody has seen' }),
  'mixed-precision': q => mixedOn(q, hiddenFashionMnist()),
  'code-book-size': async q => {
    await q.part('one-bit', { points: 1 }, async () => {
      await q.choice('oneBit', 'c', {
        a: 'The labels of a layer differ: half of its weights have one value, half the other.',
        b: 'The sizes of the two values fit their halves exactly: they are the means.',
        d: 'There is nothing random here: the accuracy of the same network is the same each time.',
      });
    });
  },
  calibration: async q => {
    await q.part('two-bits', { points: 1 }, async () => {
      await q.choice('twoBits', 'c', {
        a: 'The network is the same, and so are its weights.',
        b: 'At 8 bits a single image in a hundred decides. Look at the table: all methods are alike there.',
        d: 'No method clips more at 8 bits than at 2. What differs is what a wide step costs.',
      });
    });
    await q.part('images', { points: 1 }, async () => {
      await q.choice('fewImages', 'b', {
        a: 'One image leaves out what other clothes do: look at the spread of its row.',
        c: 'A hundred are no better than ten: compare the two rows.',
        d: 'Labels are not used at all, and all training images would be no better than ten.',
      });
    });
  },
});
