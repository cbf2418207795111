import { describe, expect, it } from 'vitest';
import { isStale, standingOf, standingText } from '../../../../labs-grading/gradebook/standing.ts';
import { analyticsOf } from '../../../../labs-grading/report/analytics/analytics.ts';
import { feedbackOf } from '../../../../labs-grading/report/feedback/feedback.ts';
import { feedbackMarkdown } from '../../../../labs-grading/report/feedback/markdown.ts';
import { feedbackPage } from '../../../../labs-grading/report/feedback/page.ts';
import { graded, labOf, studentWith } from '../report/samples.ts';

const states = ['unreadable', 'another lab', 'stale', 'not gradable', 'tool missing', 'needs manual'] as const;

describe('where a student stands', () => {
  it('is decided by the question that waits, the gravest first', () => {
    for (const [i, state] of states.entries()) {
      const questions = [graded('a', 5), graded('b', 0, { state: states[i + 1] ?? state }), graded('c', 0, { state })];
      const student = studentWith('eve', questions);
      expect(standingOf(student)).toBe(state);
      expect(standingText(standingOf(student))).not.toBe('');
    }
  });

  it('is not changed by a question that was dropped', () => {
    expect(standingOf(studentWith('eve', [graded('a', 5), graded('b', 0, { state: 'stale', policy: 'dropped' })]))).toBe('graded');
  });

  it('is told to the student in words, with a total only where the rest of it stands', () => {
    for (const state of states) {
      const grades = labOf([studentWith('eve', [graded('a', 5), graded('b', 0, { state })])]);
      const feedback = feedbackOf(grades, grades.students[0] as (typeof grades.students)[number]);
      const shown = ['needs manual', 'not gradable', 'tool missing'].includes(state);
      expect(feedback).toMatchObject({ hasTotal: shown, waits: expect.any(String) });
      for (const text of [feedbackPage(feedback), feedbackMarkdown(feedback)]) {
        expect(text).toContain(feedback.waits);
        expect(/of (\S+ )?10 points/.test(text)).toBe(shown);
      }
    }
  });

  it('keeps grades of another version out of the statistics', () => {
    const grades = labOf([
      studentWith('al', [graded('a', 5), graded('b', 3)]),
      studentWith('eve', [graded('a', 5), graded('b', 0, { state: 'stale' })]),
    ]);
    expect(analyticsOf(grades)).toMatchObject({ students: 1, ungraded: 1, mean: 8 });
  });
});

describe('a stale question', () => {
  const asked = { question: 'a', title: 'A', points: 12, manual: false };
  const report = (points: number, askedWith?: Record<string, string>) =>
    ({ questions: [{ question: 'a', points }], ...(askedWith && { askedWith }) }) as unknown as Parameters<typeof isStale>[2];

  it('was asked with another version', () => {
    expect(isStale({ version: 'new' }, asked, report(12, { a: 'old' }))).toBe(true);
    expect(isStale({ version: 'new' }, asked, report(12, { a: 'new' }))).toBe(false);
  });

  it('is told by its points where no version was kept, or by being new', () => {
    expect(isStale({ version: 'new' }, asked, report(10))).toBe(true);
    expect(isStale({ version: 'new' }, asked, report(12))).toBe(false);
    expect(isStale({ version: 'new' }, { ...asked, question: 'b' }, report(12))).toBe(true);
  });
});
