import { hiddenCases } from 'tinylab';
import { judged } from '../../../notebooks/04-distillation/students.ts';
import { hiddenFashionMnist } from '../../data/fashion-mnist/hidden.ts';

/** The controls on hidden images, by seed from 0. */
export const hiddenControls = [0.787, 0.7795, 0.786] as const;

const unseen = () => ({ images: hiddenFashionMnist(), named: 'on pictures that nobody has seen', controls: hiddenControls });

export default hiddenCases('04-distillation', {
  distilled: q => judged(q, 'distilled', unseen()),
  further: q => judged(q, 'further', unseen()),
  gradient: async q => {
    await q.part('scale', { points: 2 }, async () => {
      await q.choice('scaleAnswer', 'b', {
        a: 'It also learns without T², at another learning rate: the table has the figures.',
        c: 'The probabilities are softened by dividing logits. T² multiplies the loss, and changes no probability.',
        d: 'The teacher’s side with T² is about as large at each T. Without it, it falls as 1 / T².',
      });
    });
  },
  frozen: async q => {
    await q.part('along', { points: 2 }, async () => {
      await q.choice('trainedAlong', 'c', {
        a: 'Nothing asks that teacher to be right: the loss knows no label.',
        b: 'The loss compares the two networks only. Nothing in it holds the teacher where it was.',
        d: 'The loss falls quickly: two networks that say the same of everything have a divergence of 0.',
      });
    });
  },
  budget: async q => {
    await q.part('choices', { points: 2 }, async () => {
      await q.choice('transferAnswer', 'd', {
        a: 'Without labels too they are no longer images that the student has never seen.',
        b: 'What a student has learnt from cannot tell which student to keep.',
        c: 'A teacher’s outputs tell nearly as much as labels do: the student has learnt these images.',
      });
      await q.choice('seedAnswer', 'a', {
        b: 'One run of each differs by that much without any teacher: look at the spread over seeds.',
        c: 'More test images make the accuracy of these two networks surer. Other seeds give other networks.',
        d: 'The same seed pairs the two runs; how much that difference varies, one pair cannot say.',
      });
    });
  },
});
