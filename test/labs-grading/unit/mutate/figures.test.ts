import { describe, expect, it } from 'vitest';
import { figureLines } from '../../../../labs-grading/commands/shared/mutation-tables.ts';
import type { Verdict } from '../../../../labs-grading/mutate/arena/messages.ts';
import { figuresOf, type Marked } from '../../../../labs-grading/mutate/figures.ts';
import { mutationPage } from '../../../../labs-grading/report/mutation/page.ts';

const marked = (question: string, operator: string, verdict: Verdict): Marked => ({
  question,
  operator,
  answer: '',
  diff: `- a < b\n+ a <= ${operator.length}`,
  verdict,
});

const some = [
  marked('one', 'sign', { state: 'caught', by: 'check', hint: 'Only the sign is wrong.' }),
  marked('one', 'sign of it', { state: 'caught', by: 'check', why: 'f(1): expected 1, got <b>' }),
  marked('one', 'off by one', { state: 'passed' }),
  marked('two', 'unit', { state: 'passed' }),
  marked('two', 'unit', { state: 'same' }),
  marked('two', 'axis swapped', { state: 'no program' }),
];
const accepted = [{ question: 'two', operator: 'unit', diff: '- a < b\n+ a <= 4', why: 'both units are asked for' }];
const refused = [{ question: 'two', name: 'tensors', why: 'f(2): expected 2, got <script>' }];
const figures = figuresOf('some-lab', some, { accepted, byOutcome: ['three'], styles: { total: 5, refused } });

describe('figures of a lab’s checks', () => {
  it('count what behaves otherwise: neither what does not compile, nor what answers the same, nor what was accepted', () => {
    expect(figures).toMatchObject({ total: 3, caught: 2, hinted: 1, noProgram: 1, same: 1 });
    expect(figures.passed).toEqual([{ question: 'one', operator: 'off by one', diff: '- a < b\n+ a <= 10' }]);
    expect(figures.byQuestion).toEqual({ one: { total: 3, caught: 2, hinted: 1 } });
    expect(figures.byOperator.sign).toEqual({ total: 1, caught: 1, hinted: 1 });
    expect(figures.unhinted).toMatchObject([{ operator: 'sign of it', why: 'f(1): expected 1, got <b>' }]);
  });

  it('stand in the terminal and on a page, where nothing that was computed becomes markup', () => {
    const text = figureLines(figures).join('\n');
    expect(text).toContain('wrong answers made by rule: 2 of 3 caught (66.7 %), 1 with a hint that names the mistake (33.3 %)');
    expect(text).toContain('1 get through, 1 more are accepted');
    expect(text).toContain('right answers in other styles: 4 of 5 have full marks');
    expect(text).toContain('gets through: one, off by one\n- a < b\n+ a <= 10');
    const page = mutationPage(figures);
    expect(page).toContain('2 of 3 wrong answers');
    expect(page).toContain('- a &lt; b\n+ a &lt;= 10');
    expect(page).toContain('got &lt;script&gt;');
    expect(page).not.toMatch(/<script|got <b>/);
    expect(page).toContain('both units are asked for');
  });
});
