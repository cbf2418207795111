import { describe, expect, it } from 'vitest';
import { answerKey, redactor } from '../../../../labs-grading/review/blind.ts';

const ada = { id: 'al12', name: 'Ada de Lovelace', email: 'ada@example.edu', ids: { sis: '990123' } };
const max = { id: 'max', name: 'Max Planck' };
const everyone = [ada, max, { id: 'gh', name: 'Grace Hopper', email: 'grace@example.edu' }];

describe('blind grading', () => {
  it('blackens who wrote a text, and whom it names in full', () => {
    const redact = redactor(ada, everyone);
    expect(redact('I am Ada (al12, 990123, ADA@example.edu), that is ADA LOVELACE.')).toBe('I am ▮▮▮ (▮▮▮, ▮▮▮, ▮▮▮), that is ▮▮▮ ▮▮▮.');
    expect(redact('With Grace Hopper.')).toBe('With ▮▮▮.');
  });

  it('leaves code and other words alone', () => {
    const text = 'Math.max(adapted, total12); // de facto, Adams';
    expect(redactor(ada, everyone)(text)).toBe(text);
    expect(redactor({ id: 'p1', name: 'Max Planck' }, [])('Math.max(Max, x)')).toBe('Math.max(▮▮▮, x)');
  });

  it('gives each question an order of its own', () => {
    const order = (question: string): string[] =>
      [...'abcdefghij'].toSorted((a, b) => (answerKey('lab', question, a) < answerKey('lab', question, b) ? -1 : 1));
    expect(order('one')).not.toEqual(order('two'));
    expect(order('one')).toEqual(order('one'));
    expect(order('one')).not.toEqual([...'abcdefghij']);
  });
});
