import { type Examiner, type Question, question, type Random } from 'tinylab';
import { type Batch, batch } from './loss.ts';
import { type GradientSlips, mixedGradient } from './reference.ts';

// Question 3: the gradient of the loss for the student's logits, by hand.

const gradientMistakes: readonly (readonly [slips: GradientSlips, hint: string])[] = [
  [{ scale: t => t * t }, 'The teacher’s side is α · T, not α · T²: dividing logits by T gives the gradient a factor of 1 / T.'],
  [{ scale: () => 1 }, 'The teacher’s side is too small by T: T² of the loss, times 1 / T of the logits that are divided.'],
  [{ scale: t => 1 / t }, 'T² is missing: of α · T² · (1 / T), only 1 / T is there.'],
  [{ sign: -1 }, 'The sign is the other way round: what the student says, minus what it should say.'],
  [{ over: () => 1 }, 'The loss is a mean over images, so each row is divided by their number.'],
  [{ over: (n, c) => n * c }, 'You divided by the classes too. Divide by the number of images.'],
  [{ shares: a => [a, 1 - a] }, 'α has changed places: it is the share of the teacher.'],
  [{ shares: a => [1 - a, 0] }, 'The teacher’s side is missing.'],
  [{ shares: a => [0, a] }, 'The side of the labels is missing.'],
  [{ shares: () => [1, 1] }, 'Neither side has its share: 1 − α for the labels, α for the teacher.'],
  [{ teacherAt: () => 1 }, 'The teacher’s probabilities are those at T.'],
  [{ studentAt: () => 1 }, 'On the teacher’s side the student’s probabilities are those at T too.'],
  [{ teacherAt: () => 1, studentAt: () => 1 }, 'On the teacher’s side both probabilities are those at T.'],
  [{ noLabel: true }, 'The 1 at the label is missing: p_s − y, where y is 1 at the label and 0 elsewhere.'],
];

async function askGradient(q: Examiner, { mix, ...given }: Batch): Promise<void> {
  const right = mixedGradient(given, mix);
  const known = gradientMistakes.map(([slips, hint]) => [mixedGradient(given, mix, slips), hint] as const);
  q.close(await q.call('distillationGradient', structuredClone(given), { ...mix }), right, {
    known,
    hint: 'For each logit: ((1 − α) · (p_s − y) + α · T · (p_s(T) − p_t(T))) / n, where n is the number of images.',
  });
}

/** Both networks say the same, up to a constant: the teacher's side is 0. */
function agreed(rng: Random, i: number): Batch {
  const one = batch(rng, i);
  return { ...one, teacher: one.student.map(row => row.map(z => z - 1)) };
}

export const gradientQuestion: Question = question(
  'gradient',
  {
    points: 10,
    title: 'Its gradient, and what T² is for',
    uses: ['distillationGradient', 'scaleAnswer'],
    needs: ['softmax'],
    withhold: ['softDivergence', 'softTargets', 'distillationLoss', 'gradients'],
  },
  async q => {
    await q.part('values', { points: 8 }, async () => {
      for (const one of [...q.cases(5, batch), ...q.cases(2, agreed)]) await askGradient(q, one);
    });
    await q.part('scale', { points: 2 }, async () => {
      await q.sealed('scaleAnswer', ['a', 'b', 'c', 'd']);
    });
  },
);
