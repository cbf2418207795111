import { type Examiner, type Question, question, type Random } from 'tinylab';
import { softened } from './reference.ts';

// Question 1: a softmax with a temperature.

/** Logits of 2 to 10 classes, no two alike. */
export const logitsFor = (rng: Random, classes: number, spread = 3): number[] =>
  Array.from({ length: classes }, () => spread * rng.normal());

function asked(rng: Random, i: number): { logits: number[]; temperature: number } {
  return { logits: logitsFor(rng, rng.int(3, 10)), temperature: [2, 4, 8, 0.5, 3, 1][i % 6] as number };
}

/** Logits far from 0, where powers of e are Infinity or 0. */
function far(rng: Random, i: number): { logits: number[]; temperature: number } {
  const shift = [900, -900, 2000][i % 3] as number;
  return { logits: logitsFor(rng, 4).map(z => z + shift), temperature: [1, 0.5, 2][i % 3] as number };
}

const onePeak = (list: readonly number[]): number[] => list.map(p => (p === Math.max(...list) ? 1 : 0));

/** Answers that come of known mistakes. */
function mistakes(logits: readonly number[], temperature: number): [unknown, string][] {
  const divided = logits.map(z => z / temperature);
  const plain = softened(logits);
  const powers = divided.map(z => Math.exp(z));
  return [
    [softened(logits, 1 / temperature), 'You multiplied by T. Divide: a larger T makes a softer distribution.'],
    [plain, 'The temperature is missing: divide each logit by T before the softmax.'],
    [plain.map(p => p / temperature), 'You divided probabilities by T. Divide the logits, and take the softmax of that.'],
    [softened(plain, temperature), 'That is a softmax of a softmax: the logits themselves are divided by T.'],
    [softened(softened(logits, temperature)), 'That is a softmax of a softmax: once is enough.'],
    [powers, 'These are powers of e. Divide each by their sum, so that they add up to 1.'],
    [divided, 'These are logits, divided by T. Their softmax is asked.'],
    [powers.map(p => Math.log(p / powers.reduce((a, b) => a + b, 0))), 'These are logarithms of the probabilities.'],
    [onePeak(logits), 'That is the largest logit alone. Each class has a share.'],
  ];
}

/** Whether something in the list is no finite number. */
const overflowed = (got: readonly unknown[]): boolean => got.some(p => !Number.isFinite(p));

async function askSoftened(q: Examiner, { logits, temperature }: { logits: number[]; temperature: number }): Promise<void> {
  const got = q.asList(await q.call('softmax', [...logits], temperature));
  const hint = overflowed(got)
    ? 'Something is no finite number: e to the power of 900 is Infinity, and Infinity / Infinity is NaN. Take the largest logit away from all of them first; no probability changes.'
    : 'p_k = e^(z_k / T) / Σ e^(z_j / T), in the order of the logits.';
  q.close(got, softened(logits, temperature), { known: overflowed(got) ? [] : mistakes(logits, temperature), hint });
}

export const softenQuestion: Question = question(
  'soften',
  { points: 8, title: 'Soften', uses: ['softmax'], withhold: ['softDivergence', 'softTargets'] },
  async q => {
    await q.part('values', { points: 5 }, async () => {
      for (const one of q.cases(8, asked)) await askSoftened(q, one);
    });
    await q.part('far', { points: 3 }, async () => {
      for (const one of q.cases(3, far)) await askSoftened(q, one);
    });
  },
);
