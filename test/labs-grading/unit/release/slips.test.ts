import { describe, expect, test } from 'vitest';
import { slipsIn } from '../../../../labs-grading/lab/mutant.ts';
import type { Cell } from '../../../../labs-grading/release/cells.ts';
import { labFiles } from '../../../../labs-grading/release/lab-files.ts';
import { loadMutants } from '../../../../labs-grading/release/mutants.ts';
import { answersOf } from '../../../../labs-grading/release/slips.ts';

const mark = { grade: false, grade_id: 'half', locked: false, schema_version: 3, solution: true } as const;
const source =
  'function half(n: number): number {\n  // ### BEGIN SOLUTION\n  return Math.round(\n    n / 2,\n  );\n  // ### END SOLUTION\n}';
const cells: readonly Cell[] = [{ type: 'code', source, metadata: { nbgrader: mark } }];
const slip = slipsIn('half');

describe('wrong answers told by what differs', () => {
  test('a piece is found whatever its line breaks, and several may change', () => {
    const [mutant] = answersOf([slip('cuts off', 'Round.', ['Math.round( n / 2, )', 'Math.floor(n / 2)'], ['half(n', 'half(m'])], cells);
    expect(mutant).toEqual({
      question: 'half',
      name: 'cuts off',
      hint: 'Round.',
      answer: 'function half(m: number): number {\n  return Math.floor(n / 2);\n}',
    });
  });

  test('a whole answer stays as it is', () => {
    const whole = { question: 'half', name: 'nothing', hint: '', answer: 'const half = 1;' };
    expect(answersOf([whole], cells)).toEqual([whole]);
  });

  test('a piece that is not there, or twice, and a question without an answer are refused by name', () => {
    const code = expect.objectContaining({ code: 'lab/slip', message: expect.stringMatching(/half, off|third, off/) });
    expect(() => answersOf([slip('off', '', ['Math.ceil', 'x'])], cells)).toThrow(code);
    expect(() => answersOf([slip('off', '', ['number', 'x'])], cells)).toThrow(code);
    expect(() => answersOf([slipsIn('third')('off', '', ['n', 'm'])], cells)).toThrow(code);
  });

  test('those of Lab 01 differ from the answer and from each other', async () => {
    const answers = (await loadMutants(labFiles('01-pruning'))).map(({ answer }) => answer);
    expect(answers.length).toBeGreaterThan(60);
    expect(new Set(answers).size).toBe(answers.length);
  });
});
