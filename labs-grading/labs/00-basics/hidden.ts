import { hiddenCases } from 'tinylab';
import { trainingGoal } from '../../../notebooks/00-basics/measured.ts';
import { hiddenFashionMnist } from '../../data/fashion-mnist/hidden.ts';

export default hiddenCases('00-basics', {
  train: async q => {
    const unseen = await q.accuracy(q.asModel(await q.deliverable('trained')), hiddenFashionMnist());
    q.true(unseen >= trainingGoal.accuracy, {
      asked: `an accuracy of at least ${trainingGoal.accuracy} on pictures that nobody has seen`,
      hint: 'Your model does better on the pictures you have than on new ones: train on `train` alone, and choose with `validation`.',
    });
  },
  activations: async q => {
    await q.part('memory', { points: 3 }, async () => {
      await q.choice('memoryAnswer', 'c', {
        a: 'Weights are not part of this figure: only activations are counted here.',
        b: 'Batch norm adds two numbers for each channel when it runs: next to nothing. Look at the widest step of the timeline.',
        d: 'Depth adds steps to the timeline, but the peak is one step. Look at how wide that step is.',
      });
    });
  },
});
