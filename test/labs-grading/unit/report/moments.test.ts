import { expect, it } from 'vitest';
import { parseSettings } from '../../../../labs-grading/gradebook/policy/settings.ts';
import { numberIn } from '../../../../labs-grading/report/export/sheet.ts';
import { isFormula } from '../../../../labs-grading/report/export/table.ts';
import { feedbackOf } from '../../../../labs-grading/report/feedback/feedback.ts';
import { feedbackMarkdown } from '../../../../labs-grading/report/feedback/markdown.ts';
import { feedbackPage } from '../../../../labs-grading/report/feedback/page.ts';
import { moment } from '../../../../labs-grading/report/page/clean.ts';
import { graded, studentWith } from './samples.ts';

it('all times of a page stand on the clock that the course wrote its due time with', () => {
  const due = '2026-11-22T23:59:00+01:00';
  const student = studentWith('al', [graded('a', 5)], { lateReason: 'on time, with an extension to 2026-11-25T23:59:00+02:00' });
  const feedback = feedbackOf({ lab: 'lab', title: 'Lab', due }, student);
  for (const text of [feedbackPage(feedback), feedbackMarkdown(feedback).replaceAll('\\', '')]) {
    expect(text).toContain('2026-11-22 23:59 UTC+01:00');
    expect(text).toContain('2026-11-20 11:00 UTC+01:00');
    expect(text).toContain('an extension to 2026-11-25 22:59 UTC+01:00');
    expect(text).not.toMatch(/UTC(?!\+01:00)/);
  }
});

it.each([
  ['2026-11-22T23:59:00Z', undefined, '2026-11-22 23:59 UTC'],
  ['2026-11-22T23:59:00+01:00', '2026-11-22T23:59:00Z', '2026-11-22 22:59 UTC'],
  ['2026-11-22T23:59:00Z', '2026-11-22T00:00:00-03:30', '2026-11-22 20:29 UTC-03:30'],
  ['soon', '2026-11-22T00:00:00-03:30', 'soon'],
] as const)('%s beside a due time of %s is %s', (iso, due, shown) => {
  expect(moment(iso, due)).toBe(shown);
});

it('a sign that stands for nothing, and a number, are no formulas', () => {
  for (const text of ['-', ' - ', '–', '-7,5', '+5', '-1.234,50', '100 %', '-12%']) expect([text, isFormula(text)]).toEqual([text, false]);
  for (const text of ['=1', '-A1', '+1+1', '-2+3', '@SUM(A1)', '--1']) expect([text, isFormula(text)]).toEqual([text, true]);
});

it.each([
  ['7,5', 7.5],
  ['7.5', 7.5],
  ['100,00', 100],
  ['1.234,5', 1234.5],
  ['1,234.5', 1234.5],
  ['1\u202f234,5', 1234.5],
  ['1.234.567', 1234567],
  ['-0,5', -0.5],
  ['-', undefined],
  ['1,2,3', undefined],
  ['7,5 of 10', undefined],
] as const)('%s in a table is %s', (text, value) => {
  expect(numberIn(text)).toBe(value);
});

it.each(['2026-02-30T12:00:00Z', '2026-11-22T12:00:00', '2026-11-22 12:00:00 IST'])('%s is no due time', due => {
  expect(() => parseSettings(JSON.stringify({ labs: { lab: { due } } }), 'course.json')).toThrow(
    /course\.json: labs\.lab\.due: expected a time with an offset/,
  );
});
