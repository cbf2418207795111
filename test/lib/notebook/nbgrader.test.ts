import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../../lib/check/report.ts';
import { nbgraderCard, nbgraderRun, validated } from '../../../lib/notebook/nbgrader.ts';
import { displaySymbol } from '../../../lib/tensor/host.ts';

const report = (score: number, more: Partial<CheckReport> = {}): CheckReport => ({
  question: 'prune',
  title: 'Prune',
  points: 5,
  score,
  state: score === 5 ? 'passed' : 'partial',
  parts: [],
  items: [{ id: 'a.1', asked: 'prune(w)', passed: score === 5, hidden: false, reason: 'wrong', hint: 'Round down.' }],
  staff: [],
  ...more,
});
const text = (card: ReturnType<typeof nbgraderCard>): unknown => card[displaySymbol]()['text/plain'];

describe('cards for nbgrader', () => {
  it('are for the kernels that nbgrader starts', () => {
    expect(nbgraderRun({})).toBeUndefined();
    expect(nbgraderRun({ NBGRADER_EXECUTION: 'autograde' })).toBe('autograde');
    expect(nbgraderRun({ NBGRADER_EXECUTION: 'validate' })).toBe('validate');
    expect(nbgraderRun({ NBGRADER_VALIDATING: '1' })).toBe('validate');
  });

  it('say the score as a number from 0 to the points, and show the same card', () => {
    expect([0, 2.5, 5].map(score => text(nbgraderCard(report(score))))).toEqual(['0', '2.5', '5']);
    expect(text(nbgraderCard(report(7, { bonus: 2 })))).toBe('5');
    expect(nbgraderCard(report(2.5))[displaySymbol]()['text/html']).toContain('Round down.');
  });

  it('are errors that tell what is wrong when nbgrader validates', () => {
    expect(text(validated(report(5)))).toBe('5');
    expect(() => validated(report(2.5))).toThrow(/2\.5 \/ 5 points.*hint: Round down\./s);
  });
});
