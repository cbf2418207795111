import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StudentGrade } from '../../../../labs-grading/gradebook/records.ts';
import { analyticsOf } from '../../../../labs-grading/report/analytics/analytics.ts';
import { binsOf } from '../../../../labs-grading/report/analytics/charts.ts';
import { clustered, errorClusters, knownMistakes, normalised, unforeseen } from '../../../../labs-grading/report/analytics/clusters.ts';
import { analyticsPage } from '../../../../labs-grading/report/analytics/page.ts';
import { alpha, kr20, standardError } from '../../../../labs-grading/report/analytics/reliability.ts';
import { correlation, mean, quantile, variance } from '../../../../labs-grading/report/analytics/statistics.ts';
import { warningsOf } from '../../../../labs-grading/report/analytics/warnings.ts';
import { graded, labOf, right, studentWith, wrong } from './samples.ts';
import { hostile, skeleton } from './skeleton.ts';

/** Twelve students, four questions of 5, 5, 5 and 2 points. Expected values: Python 3.11, module `statistics` (correlation, pvariance). */
const scores = [
  [5, 3, 0, 2],
  [5, 5, 4, 2],
  [0, 2, 1, 0],
  [5, 4, 4, 1],
  [3, 0, 0, 0],
  [5, 5, 5, 2],
  [2, 5, 1, 1],
  [0, 0, 0, 2],
  [5, 1, 3, 0],
  [4, 4, 2, 2],
  [1, 3, 5, 1],
  [5, 2, 4, 2],
] as const;
const maxima = [5, 5, 5, 2];
const totals = scores.map(row => row.reduce((sum: number, score) => sum + score, 0));
const rest = (item: number): number[] => scores.map((row, i) => (totals[i] as number) - (row[item] as number));
const students = scores.map((row, i) =>
  studentWith(
    `s${i}`,
    row.map((score, k) => graded(`q${k}`, score, { maximum: maxima[k] ?? 0 })),
  ),
);

describe('statistics', () => {
  it('equal those of Python', () => {
    const of = (item: number): number[] => scores.map(row => row[item] as number);
    const r = [0.47650572976766936, 0.5645852148030126, 0.520840977590396, 0.3918367902241641];
    for (const [item, expected] of r.entries()) expect(correlation(of(item), rest(item))).toBeCloseTo(expected, 12);
    expect(alpha(scores)).toBeCloseTo(0.6826730692276911, 12);
    const solved = scores.map(row => row.map((score, k) => score >= (maxima[k] ?? 0)));
    expect(kr20(solved)).toBeCloseTo(0.44692737430167606, 12);
    expect(
      correlation(
        solved.map(row => Number(row[0])),
        rest(0),
      ),
      'point-biserial',
    ).toBeCloseTo(0.46984098573493954, 12);
    expect([mean(totals), quantile(totals, 0.5), Math.sqrt(variance(totals))]).toEqual([
      expect.closeTo(9.833333333333334, 12),
      10,
      expect.closeTo(4.810289896553937, 12),
    ]);
    expect(quantile(totals, 0.95)).toBeCloseTo(16.45, 12);
    expect(standardError(totals, 0.6826730692276911)).toBeCloseTo(2.709721866279377, 12);
  });

  it('of a Guttman scale, by hand', () => {
    // Totals 0, 1, 2, 3 have variance 5/4; the items' p = 3/4, 1/2, 1/4 give 3/16 + 4/16 + 3/16 = 5/8; 3/2 · (1 − 1/2) = 3/4.
    expect(
      kr20([
        [false, false, false],
        [true, false, false],
        [true, true, false],
        [true, true, true],
      ]),
    ).toBeCloseTo(0.75, 12);
  });

  it('have no value where nothing varies', () => {
    expect(correlation([1, 1, 1], [1, 2, 3])).toBeUndefined();
    expect(correlation([0.1 + 0.2, 0.3, 0.3], [1, 2, 3]), 'rounding is no spread').toBeUndefined();
    expect(correlation([1], [1])).toBeUndefined();
    expect(
      alpha([
        [1, 2],
        [1, 2],
      ]),
    ).toBeUndefined();
    expect(alpha([[1], [2]])).toBeUndefined();
    expect(alpha([])).toBeUndefined();
  });

  it('correlation stays within −1 and 1, and keeps its value when a side is stretched and shifted', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 9 }), (both, factor) => {
        const [x, y] = [both.map(([a]) => a), both.map(([, b]) => b)];
        const r = correlation(x, y);
        if (r === undefined) return;
        expect(Math.abs(r)).toBeLessThanOrEqual(1);
        expect(
          correlation(
            y,
            x.map(value => factor * value - 7),
          ),
        ).toBeCloseTo(r, 9);
        expect(
          correlation(
            x,
            y.map(value => -value),
          ),
        ).toBeCloseTo(-r, 9);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

describe('analytics', () => {
  it('puts questions and students together', () => {
    const figures = analyticsOf(labOf(students));
    expect(figures).toMatchObject({
      students: 12,
      absent: 0,
      maximum: 17,
      alpha: expect.closeTo(0.68267, 5),
      kr20: expect.closeTo(0.44693, 5),
    });
    expect(figures.questions[0]).toMatchObject({
      mean: expect.closeTo(40 / 12, 12),
      difficulty: expect.closeTo(40 / 60, 12),
      states: { passed: 6, partial: 4, failed: 2 },
    });
    expect(figures.questions[0]?.discrimination).toBeCloseTo(0.4765057, 6);
    expect(figures.wall).toEqual({ median: 1200, p95: 1200, most: 1200 });
    expect(figures.warnings).toEqual([]);
  });

  it('leaves out who handed nothing in, and whom we could not grade', () => {
    const [first] = students as [StudentGrade];
    const { submission, grading, ...absent } = first;
    const broken = {
      ...first,
      grading: {
        ...(grading as NonNullable<typeof grading>),
        report: { ...(grading as NonNullable<typeof grading>).report, notGradable: 'x' },
      },
    };
    const figures = analyticsOf(labOf([...students, { ...absent, submissions: 0 }, { ...absent, submission } as StudentGrade, broken]));
    expect(figures).toMatchObject({ students: 12, absent: 1, ungraded: 2 });
  });

  it('counts each check: an answer that never reached one has failed it, and hidden ones are apart', () => {
    const two = (passed: boolean) => [right({ id: 'case.1' }), wrong({ id: 'case.2', passed })];
    const hidden = (id: string, passed: boolean) => wrong({ id, passed, hidden: true, asked: 'a hidden case' });
    const all = studentWith('a', [graded('q', 5, { items: [...two(true), hidden('case.3', true)] })]);
    const half = studentWith('b', [graded('q', 0, { items: [...two(false), hidden('case.3', true)] })]);
    const early = studentWith('c', [graded('q', 0, { items: [wrong({ id: 'case.1' }), hidden('case.2', true)] })]);
    const [question] = analyticsOf(labOf([all, half, early])).questions;
    expect(question?.checks.map(({ id, passed }) => [id, passed])).toEqual([
      ['case.1', 2],
      ['case.2', 1],
      ['hidden.1', 3],
    ]);
  });

  it('survives a class of none and of one', () => {
    for (const few of [[], students.slice(0, 1)]) {
      const figures = analyticsOf(labOf(few));
      expect(figures.warnings[0]).toContain(`Graded students: ${few.length}.`);
      expect(analyticsPage(figures)).toContain('</html>');
      expect(() => JSON.parse(JSON.stringify(figures))).not.toThrow();
    }
  });

  it('puts totals into ten bins, the full marks into the last', () => {
    expect(binsOf([0, 9.99, 10, 55, 99, 100], 100)).toEqual([2, 1, 0, 0, 0, 1, 0, 0, 0, 2]);
  });
});

describe('warnings', () => {
  const question = { question: 'q', difficulty: 0.5, discrimination: 0.3, notGradable: 0 };
  it.each([
    [9, { difficulty: 0, discrimination: -1 }, /n < 10/],
    [50, { difficulty: 0.04 }, /almost nobody/],
    [50, { difficulty: 0.96 }, /almost everybody/],
    [50, { discrimination: -0.01 }, /negative discrimination \(-0\.01\)/],
    [50, { notGradable: 2 }, /not gradable for 2 of 50/],
  ])('%i students, %j', (count, more, warning) => {
    expect(warningsOf({ students: count, questions: [{ ...question, ...more }] })).toEqual([expect.stringMatching(warning)]);
    expect(warningsOf({ students: 10, questions: [question, { ...question, discrimination: undefined as unknown as number }] })).toEqual(
      [],
    );
  });
});

describe('clusters', () => {
  it.each([
    ['ENOENT: no such file /home/ada/lab/x.json', 'ENOENT: no such file PATH'],
    ['at C:\\Users\\ada\\x.ts:12', 'at PATH:N'],
    ['Cannot read cell[7]:3:14 of -1.5e-3', 'Cannot read cell[N] of N'],
    ['shape [2, 3, 4] at 0xff', 'shape [N, …] at N'],
    ['conv2d of relu6', 'conv2d of relu6'],
    ['first line 1\nsecond', 'first line N'],
  ])('%j is %j', (message, text) => expect(normalised(message)).toBe(text));

  it('count each student once, the most frequent first', () => {
    const found = ['b', 'a', 'b', 'c'].map((text, i) => ({ question: 'q', text, student: i === 2 ? '0' : String(i) }));
    expect(clustered(found)).toEqual([
      { question: 'q', text: 'a', students: ['1'] },
      { question: 'q', text: 'b', students: ['0'] },
      { question: 'q', text: 'c', students: ['3'] },
    ]);
  });

  it('tell known mistakes, shared wrong answers and errors apart', () => {
    const known = wrong({ reason: 'known mistake', hint: 'You forgot the bias.' });
    const threw = (n: number) => wrong({ reason: 'threw', got: `RangeError: index ${n} is out of range` });
    const of = (name: string, ...items: ReturnType<typeof wrong>[]) => studentWith(name, [graded('q', 0, { items })]);
    const some = [
      of('a', known, known),
      of('b', known),
      of('c', wrong()),
      of('d', wrong(), wrong({ got: '9' })),
      of('e', wrong({ got: '8' })),
      of('f', threw(3)),
      of('g', threw(44)),
    ];
    expect(knownMistakes(some)).toEqual([{ question: 'q', text: 'You forgot the bias.', students: ['a', 'b'] }]);
    expect(unforeseen(some)).toEqual([
      { question: 'q', text: 'double(float32 [3]: 1, 2, 3) at [2]: expected 6, got 3', students: ['c', 'd'] },
    ]);
    expect(errorClusters(some)).toEqual([{ question: 'q', text: 'threw: RangeError: index N is out of range', students: ['f', 'g'] }]);
  });
});

it.each(hostile)('the page: %j changes no tag', text => {
  const of = (said: string) => {
    const items = [
      wrong({ reason: 'known mistake', hint: said }),
      wrong({ got: said, asked: said }),
      wrong({ reason: 'threw', got: said }),
    ];
    const some = ['a', 'b', 'c', 'd'].map(name => studentWith(`${said}${name}`, [graded('q', 0, { title: said, items })]));
    return skeleton(analyticsPage(analyticsOf(labOf(some, { title: said }))));
  };
  expect(of(text)).toEqual(of('text'));
});
