import type { Lab } from 'tinylab';
import { runQuestion } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import basics from '../../../notebooks/00-basics/checks.ts';
import pruning from '../../../notebooks/01-pruning/checks.ts';
import { sessionWith } from './scope.ts';

const noText = { toString: 1, valueOf: 1 };
const hostile: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  -1,
  '',
  [],
  [null],
  [[{}]],
  {},
  { nodes: [], parameters: {}, name: noText },
  { shape: 'x', dtype: 'float32', data: null },
  { hasOwnProperty: 1, constructor: 2, toString: 3 },
  noText,
  () => undefined,
];

const asked = ([basics, pruning] as readonly Lab[]).flatMap(lab => lab.questions.map(question => ({ lab, question })));

describe('public checks of the labs', () => {
  it.each(asked.map(({ lab, question }) => [`${lab.id}: ${question.id}`, question] as const))(
    '%s: a hostile answer is never a fault of ours',
    async (_, question) => {
      for (const value of hostile) {
        for (const answer of [value, () => value]) {
          const session = sessionWith(Object.fromEntries(question.uses.map(name => [name, answer])), '/nowhere');
          const report = await runQuestion(question, session, { seed: 1 });
          expect(report.state, JSON.stringify(report.items.at(-1))).not.toBe('not gradable');
          expect(report.score).toBeLessThan(Math.max(report.points, 1));
        }
      }
    },
    30_000,
  );
});
