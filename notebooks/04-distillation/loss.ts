import { type Examiner, type Question, question, type Random } from 'tinylab';
import { bestOf, type Given, type LossSlips, type Mix, mixedLoss, softened } from './reference.ts';
import { logitsFor } from './soften.ts';

// Question 2: the loss of labels and of a teacher, as one number.

/** A batch and how it is mixed; never as many images as classes, and labels that neither network holds for best everywhere. */
export interface Batch {
  readonly student: number[][];
  readonly teacher: number[][];
  readonly labels: number[];
  readonly mix: Mix;
}

export function batch(rng: Random, i: number): Batch {
  const classes = [4, 3, 7, 10, 5][i % 5] as number;
  const images = [3, 2, 5, 4, 1][i % 5] as number;
  const rows = (spread: number): number[][] => Array.from({ length: images }, () => logitsFor(rng, classes, spread));
  const [student, teacher] = [rows(1), rows(3)];
  const labels = student.map(row => (bestOf(row) + rng.int(1, classes - 1)) % classes);
  return { student, teacher, labels, mix: { temperature: [4, 2, 3, 8, 1.5][i % 5] as number, alpha: rng.pick([0.3, 0.7, 0.9]) } };
}

/** Known slips, each with its hint. */
const lossMistakes: readonly (readonly [slips: LossSlips, hint: string])[] = [
  [{ scale: () => 1 }, 'T² is missing: without it the teacher’s side becomes small as T grows.'],
  [{ scale: t => t }, 'The divergence is multiplied by T², not by T.'],
  [{ scale: t => 1 / (t * t) }, 'You divided by T². Multiply.'],
  [{ reversed: true }, 'That is KL(student ‖ teacher). The teacher comes first: Σ p_t (log p_t − log p_s).'],
  [{ crossed: true }, 'That is the cross-entropy with the teacher; the divergence has log p_t too, so that it is 0 where both agree.'],
  [{ over: () => 1 }, 'You added up the images. Take their mean, so that the loss does not grow with the batch.'],
  [{ over: (n, c) => n * c }, 'You took the mean over classes too. Add up the classes, and take the mean over the images.'],
  [{ shares: a => [a, 1 - a] }, 'α has changed places: it is the share of the teacher, 1 − α that of the labels.'],
  [{ shares: a => [1, a] }, 'The share of the labels is 1 − α.'],
  [{ shares: a => [1 - a, 1] }, 'The teacher’s side is multiplied by α.'],
  [{ shares: () => [1, 1] }, 'Neither side has its share: 1 − α for the labels, α for the teacher.'],
  [{ shares: a => [1 - a, 0] }, 'The teacher’s side is missing.'],
  [{ shares: a => [0, a] }, 'The side of the labels is missing.'],
  [{ studentAt: () => 1 }, 'T stands on one side only: the student’s logits are divided by T in the divergence too.'],
  [{ teacherAt: () => 1 }, 'T stands on one side only: the teacher’s logits are divided by T too.'],
  [{ studentAt: () => 1, teacherAt: () => 1 }, 'Nothing is softened: in the divergence both sides have T.'],
  [{ labelsAt: t => t }, 'The cross-entropy of the labels has no temperature: T is 1 there.'],
  [{ first: row => softened(row) }, 'Both sides are a softmax of a softmax: soften the logits as they come.'],
  [{ firstOfTeacher: row => softened(row) }, 'The teacher’s side is a softmax of a softmax: what comes are logits, not probabilities.'],
  [{ ownLabels: true }, 'You took the student’s own best class for the label. A network that is asked about itself learns nothing.'],
];

/** Two slips at once that are one idea. */
const sizes: LossSlips['over'][] = [() => 1, (n, c) => n * c];

/** The loss with a slip, for every slip that gives another number. */
function mistakes(given: Given, mix: Mix): [number, string][] {
  const both = lossMistakes.flatMap(([slips, hint]) =>
    slips.over
      ? []
      : sizes.map((over, i): [number, string] => [
          mixedLoss(given, mix, { ...slips, over }),
          `${hint} And ${i ? 'classes are added up, not averaged' : 'the mean over images is taken'}.`,
        ]),
  );
  return [...lossMistakes.map(([slips, hint]): [number, string] => [mixedLoss(given, mix, slips), hint]), ...both];
}

async function askLoss(q: Examiner, { mix, ...given }: Batch): Promise<void> {
  const got = q.asNumber(await q.call('distillationLoss', structuredClone(given), { ...mix }));
  const right = mixedLoss(given, mix);
  const known = mistakes(given, mix).filter(([value]) => Math.abs(value - right) > 1e-5 * Math.abs(right) + 1e-6);
  q.close(got, right, {
    known,
    hint: Number.isNaN(got)
      ? 'That is no number: 0 · log 0 and powers of e that overflow do that. Take your softmax for both sides.'
      : '(1 − α) · mean of −log p_s[label], at T = 1, plus α · T² · mean of Σ p_t (log p_t − log p_s), both at T.',
  });
}

/** Ends at which one side alone is left, and equality. */
function ends(rng: Random, i: number): Batch {
  const one = batch(rng, i);
  if (i === 0) return { ...one, mix: { ...one.mix, alpha: 0 } };
  if (i === 1) return { ...one, mix: { ...one.mix, alpha: 1 } };
  return { ...one, teacher: one.student.map(row => row.map(z => z + 2)), mix: { ...one.mix, alpha: 1 } };
}

export const lossQuestion: Question = question(
  'loss',
  {
    points: 14,
    title: 'The loss',
    uses: ['distillationLoss'],
    needs: ['softmax'],
    withhold: ['softDivergence', 'softTargets', 'distillationLoss', 'crossEntropy'],
  },
  async q => {
    await q.part('values', { points: 10 }, async () => {
      for (const one of q.cases(6, batch)) await askLoss(q, one);
    });
    await q.part('ends', { points: 4 }, async () => {
      for (const one of q.cases(3, ends)) await askLoss(q, one);
    });
  },
);
