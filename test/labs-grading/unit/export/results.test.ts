import type { QuestionState } from 'tinylab';
import { describe, expect, it } from 'vitest';
import { convert } from 'xmlbuilder2';
import { z } from 'zod';
import { type Standing, standingText } from '../../../../labs-grading/gradebook/standing.ts';
import { gradescopeResults } from '../../../../labs-grading/report/export/gradescope/results.ts';
import { exportJunit } from '../../../../labs-grading/report/export/junit.ts';
import { exportPrairieLearn, prairieLearnResults } from '../../../../labs-grading/report/export/prairielearn.ts';
import { graded, labOf, studentWith, wrong } from '../report/samples.ts';
import { contentOf, grades } from './samples.ts';

const [ada, bob, cyd, dan] = grades.students;
if (!ada || !bob || !cyd || !dan) throw new Error('the sample has four students');
const secret = 'the hidden input 424242';
const leaky = studentWith('eve', [
  graded('a', 0, {
    items: [wrong({ hint: 'Round down.' }), wrong({ hidden: true, got: secret, expected: secret, where: secret, hint: 'Think of zero.' })],
  }),
  graded('b', 5),
]);

// Gradescope's specification of results.json.
const visibility = z.enum(['hidden', 'after_due_date', 'after_published', 'visible']);
const format = z.enum(['text', 'html', 'simple_format', 'md', 'ansi']);
const gradescope = z.strictObject({
  score: z.number().optional(),
  execution_time: z.number().int().min(0).optional(),
  output: z.string(),
  output_format: format,
  visibility,
  stdout_visibility: visibility,
  extra_data: z.record(z.string(), z.unknown()),
  tests: z.array(
    z.strictObject({
      score: z.number().optional(),
      max_score: z.number(),
      status: z.enum(['passed', 'failed']).optional(),
      name: z.string().min(1),
      number: z.string(),
      output: z.string(),
      output_format: format,
      visibility,
    }),
  ),
});

describe('results for Gradescope', () => {
  it('are what its specification says, with the same grades', () => {
    const results = gradescope.parse(JSON.parse(JSON.stringify(gradescopeResults(grades, ada))));
    expect(results).toMatchObject({ score: 7, execution_time: 1, output: '0.5 points off: one day', stdout_visibility: 'hidden' });
    expect(results.tests.map(({ score, max_score, status }) => [score, max_score, status])).toEqual([
      [5, 5, 'passed'],
      [2.5, 5, 'failed'],
    ]);
  });

  it.each<[QuestionState, number | undefined]>([
    ['unreadable', undefined],
    ['another lab', undefined],
    ['stale', undefined],
    ['tool missing', 5],
    ['not gradable', 5],
    ['needs manual', 5],
  ])('claim no score for a question that is %s', (state, sum) => {
    const eve = studentWith('eve', [graded('a', 5), graded('b', 0, { state, items: [] })]);
    const results = gradescope.parse(JSON.parse(JSON.stringify(gradescopeResults(labOf([eve]), eve))));
    expect(results.score).toBe(sum);
    expect(results.output).toContain(
      `No grade yet${sum === undefined ? '' : ', only the score of what is settled'}: ${standingText(state as Standing)}`,
    );
    expect(results.tests.map(({ score, status }) => [score, status])).toEqual([
      sum === undefined ? [undefined, undefined] : [5, 'passed'],
      [undefined, undefined],
    ]);
    // A person, or a policy, has decided.
    const settled = studentWith('eve', [graded('a', 5), graded('b', 0, { state, policy: 'dropped' })]);
    expect(gradescopeResults(labOf([settled]), settled)).toMatchObject({ score: 5, output: '', tests: [{ score: 5 }, { score: 0 }] });
  });

  it('nor for a submission that nobody has graded', () => {
    const results = gradescopeResults(grades, cyd);
    expect([results.score, ...results.tests.map(({ score }) => score)]).toEqual([undefined, undefined, undefined]);
    expect(results.output).toContain('No grade yet: not graded yet.');
  });

  it('tell of hidden cases only the author’s words', () => {
    const text = JSON.stringify(gradescopeResults(labOf([leaky]), leaky));
    expect(text).toContain('Hidden cases: 0 passed, 1 failed.');
    expect(text).toContain('Think of zero.');
    expect(text).not.toContain('424242');
  });
});

describe('results for PrairieLearn', () => {
  it('have a share of the points, and points on every test', () => {
    expect(prairieLearnResults(grades, ada)).toMatchObject({ gradable: true, score: 0.7, message: '0.5 points off: one day' });
    expect(prairieLearnResults(grades, ada).tests?.map(({ points, max_points }) => [points, max_points])).toEqual([
      [5, 5],
      [2.5, 5],
    ]);
    expect(prairieLearnResults(labOf([leaky]), { ...leaky, score: 11 }).score).toBe(1);
    expect(JSON.stringify(prairieLearnResults(labOf([leaky]), leaky))).not.toContain('424242');
  });

  it('are not gradable where there is no grade', () => {
    expect(prairieLearnResults(grades, cyd)).toEqual({ gradable: false, format_errors: ['No grade yet: not graded yet.'] });
    expect(prairieLearnResults(grades, dan)).toEqual({ gradable: false, format_errors: ['Nothing was handed in.'] });
    expect(exportPrairieLearn(grades, {}).files.map(({ name }) => name)).toEqual(
      ['ada', 'bob', 'cyd', 'dan'].map(id => `${id}/results.json`),
    );
  });

  it('are at most 1 MB, whatever there is to say', () => {
    const items = Array.from({ length: 50 }, (_, i) => wrong({ id: `c.${i}`, asked: `é`.repeat(9_000) }));
    const wordy = studentWith(
      'w',
      Array.from({ length: 30 }, (_, i) => graded(`q${i}`, 1, { items })),
    );
    const results = prairieLearnResults(labOf([wordy]), wordy);
    expect(Buffer.byteLength(JSON.stringify(results))).toBeLessThanOrEqual(1_000_000);
    expect(results.tests).toHaveLength(30);
    expect(results.tests?.[0]?.output).toMatch(/characters more/);
  });
});

/** Characters that XML 1.0 has no way to write. */
const isForbidden = (character: string): boolean => {
  const code = character.codePointAt(0) as number;
  return (code < 0x20 && ![9, 10, 13].includes(code)) || (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;
};

describe('export as JUnit XML', () => {
  it('is read back with the same points, and holds no character that XML forbids', () => {
    const odd = studentWith('odd', [graded('a', 1, { title: '<b> & "c" \u0000\u001b[31m', items: [wrong({ got: ']]> \ud800 \u0007' })] })]);
    const text = contentOf(exportJunit(labOf([...grades.students, odd]), {}));
    expect([...text].filter(isForbidden)).toEqual([]);
    const { testsuites } = convert(text, { format: 'object' }) as unknown as { testsuites: { testsuite: Record<string, unknown>[] } };
    expect(testsuites.testsuite.map(suite => [suite['@name'], suite['@tests'], suite['@failures'], suite['@skipped']])).toEqual([
      ['ada', '2', '1', '0'],
      ['bob', '2', '2', '0'],
      ['cyd', '2', '0', '2'],
      ['dan', '2', '0', '2'],
      ['odd', '1', '1', '0'],
    ]);
    expect(testsuites.testsuite[0]?.testcase).toMatchObject([
      { 'system-out': '5 of 5 points' },
      { failure: { '@message': '2.5 of 5 points', '@type': 'partial' } },
    ]);
    expect(text).toContain('name="&lt;b&gt; &amp; &quot;c&quot;');
    expect(contentOf(exportJunit(labOf([leaky]), {}))).not.toContain('424242');
  });
});
