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
});
