import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StudentGrade } from '../../../../labs-grading/gradebook/records.ts';
import { feedbackOf } from '../../../../labs-grading/report/feedback/feedback.ts';
import { feedbackMarkdown } from '../../../../labs-grading/report/feedback/markdown.ts';
import { feedbackPage } from '../../../../labs-grading/report/feedback/page.ts';
import { graded, labOf, manual, right, saying, studentWith, wrong } from './samples.ts';
import { hostile, skeleton } from './skeleton.ts';

const rubric = {
  questions: { prose: { mode: 'deduct' as const, items: [{ id: 'x', points: -2, text: 'No reason given' }], comments: [] } },
};
const pages = (grade: StudentGrade): readonly string[] => {
  const feedback = feedbackOf(labOf([grade]), grade, { rubric });
  return [feedbackPage(feedback), feedbackMarkdown(feedback)];
};

describe('feedback', () => {
  it('tells points, what was asked, what came, the hint, lateness, overrides and comments', () => {
    const override = { lab: 'lab', student: 'ada', question: 'b', score: 5, reason: 'server down', by: 'prof', at: '' };
    const questions = [graded('a', 2), graded('b', 5, { override, automatic: 1 }), graded('prose', 4, { items: [], manual })];
    const late = { latePenalty: 1.1, lateReason: '1 day late, 10 % of the score', score: 9.9 };
    for (const text of pages(studentWith('ada', questions, late)))
      for (const part of [
        '9.9',
        'of 15',
        '2 / 5',
        'double(float32 [3]: 1, 2, 3)',
        '[2]',
        'Times two.',
        '1 day late',
        'server down',
        'checks gave 1',
        'No reason given',
        '-2',
        '+1',
        'Good.',
      ])
        expect(text).toContain(part);
  });

  it('tells hidden cases by their number and the author’s words', () => {
    const hidden = { hidden: true, asked: 'a hidden case', expected: undefined, got: undefined, where: undefined };
    const items = [right({ ...hidden }), wrong({ ...hidden, hint: 'Think of groups.' }), wrong({ ...hidden, hint: 'Think of groups.' })];
    for (const text of pages(studentWith('ada', [graded('a', 0, { items })]))) {
      expect(text).toContain('1 passed, 2 failed');
      expect(text.split('Think of groups.')).toHaveLength(2);
    }
  });

  it('says so where nothing was handed in, or nothing is graded yet', () => {
    const none = studentWith('ada', [graded('a', 0, { items: [], state: 'not run' })]);
    const { submission, grading, ...rest } = none;
    for (const text of pages({ ...rest, submissions: 0 })) expect(text).toContain('Nothing was handed in.');
    for (const text of pages({ ...rest, submission } as StudentGrade)) expect(text).toMatch(/not graded yet/i);
    expect(grading).toBeDefined();
  });

  it('tells a bonus, and a place in the code as people say it', () => {
    const bonus = graded('b', 3, { maximum: 0, state: 'passed' });
    for (const text of pages(studentWith('ada', [graded('a', 0, { items: [wrong({ where: 'cell[7]:3:14' })] }), bonus]))) {
      expect(text).toContain('+3');
      expect(text).toContain('cell 7, line 3');
      expect(text).not.toMatch(/NaN|Infinity/);
    }
  });

  it('draws small arrays side by side, and marks where they differ', () => {
    const arrays = { shape: [2, 2], expected: [1, 2, 3, null], got: [1, -2, 3 + 1e-9, null] };
    const [page = ''] = pages(studentWith('ada', [graded('a', 0, { items: [wrong({ arrays })] })]));
    expect(page).toContain('1 of 4 values differ, array of shape 2 by 2');
    expect(page.match(/stroke:var\(--bad\)/g)).toHaveLength(2);
    const [none = ''] = pages(studentWith('ada', [graded('a', 0, { items: [wrong({ arrays: { ...arrays, shape: [3, 3] } })] })]));
    expect(none).not.toContain('<svg');
  });
});

describe('what feedback keeps to itself', () => {
  const secret = 'CANARY-7131';
  const all = { asked: secret, expected: secret, got: secret, where: secret, arrays: { shape: [1], expected: [7131], got: [7131] } };
  const cell = { id: 'a', state: 'done' as const, output: secret };
  const hiding = (grade: StudentGrade): StudentGrade => {
    const report = {
      ...(grade.grading as NonNullable<StudentGrade['grading']>).report,
      cells: [cell, { ...cell, state: 'error' as const }],
    };
    return { ...grade, grading: { ...(grade.grading as NonNullable<StudentGrade['grading']>), report } };
  };

  it('hidden values, even where a report should hold them, and everything that cells printed', () => {
    const items = [wrong({ ...all, hidden: true, hint: 'Only this.' }), right({ ...all, hidden: true, hint: secret })];
    for (const text of pages(hiding(studentWith('ada', [graded('a', 0, { items })])))) {
      expect(text).not.toContain('7131');
      expect(text).toContain('Only this.');
    }
  });

  it('what code answers in the open after it has met hidden cases: it may repeat them', () => {
    const met = graded('a', 0, { items: [wrong({ got: 'shown' }), wrong({ hidden: true })] });
    const answers = { got: secret, where: secret, arrays: all.arrays };
    const items = [
      wrong({ ...answers, asked: 'f(1)' }),
      wrong({ ...answers, reason: 'threw', hint: secret }),
      wrong({ ...answers, reason: 'stopped', hint: secret }),
      right({ got: secret, asked: `the accuracy of model ${secret} of 3 nodes` }),
    ];
    const before = pages(studentWith('ada', [graded('b', 0, { items }), met]));
    const after = pages(studentWith('ada', [met, graded('b', 0, { items })]));
    for (const text of before) expect(text, 'the control shows it').toContain('7131');
    for (const text of after) {
      expect(text).not.toContain('7131');
      for (const part of ['shown', 'f(1)', 'left out']) expect(text).toContain(part);
    }
  });

  it('but not where the grader knows that hidden cases gave the code nothing', () => {
    const met = graded('a', 0, { items: [wrong({ hidden: true })] });
    const grade = studentWith('ada', [met, graded('b', 0, { items: [wrong({ got: secret })] })]);
    const grading = grade.grading as NonNullable<StudentGrade['grading']>;
    const known = (exposed: boolean): readonly string[] => {
      const questions = [
        { question: 'a', title: 'a', points: 5, score: 0, state: 'failed' as const, parts: [], items: met.items, staff: [], exposed },
      ];
      return pages({ ...grade, grading: { ...grading, report: { ...grading.report, questions } } });
    };
    for (const text of known(false)) expect(text).toContain(secret);
    for (const text of known(true)) expect(text).not.toContain(secret);
  });

  it('the same where a report is too long to tell whether hidden cases were asked', () => {
    const long = graded('a', 5, { items: Array.from({ length: 40 }, () => right()) });
    for (const text of pages(studentWith('ada', [long, graded('b', 0, { items: [wrong({ got: secret })] })])))
      expect(text).not.toContain(secret);
  });

  it('other students', () => {
    const other = studentWith('mallory', [graded('a', 0, { items: [wrong({ got: secret })] })], {
      student: { id: 'mallory', name: secret },
    });
    const grade = studentWith('ada', [graded('a', 5)]);
    const feedback = feedbackOf(labOf([grade, other]), grade);
    for (const text of [feedbackPage(feedback), feedbackMarkdown(feedback)]) expect(text).not.toMatch(/CANARY|mallory/);
  });
});

describe('what strangers write', () => {
  const clean = pages(saying('text')).map((text, i) => (i === 0 ? skeleton(text) : text.split('\n').length));

  it.each(hostile)('%j changes no tag', text => {
    const [page = '', markdown = ''] = pages(saying(text));
    expect(skeleton(page)).toEqual(clean[0]);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/[^\P{Cc}\n]|\u202e|\p{Cs}/u);
    const outside = markdown.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
    expect(outside).not.toMatch(/<|>\s*<|(?<!\\)\[|(?<!\\)`|https?:|(?<!\\)@/);
    expect(outside.match(/^(#|\||-{3}|\d+\. )/gm)?.length, 'headings, tables and lists are ours').toBe(
      pages(saying('text'))[1]?.match(/^(#|\||-{3}|\d+\. )/gm)?.length,
    );
  });

  it('no text at all changes a tag or leaves its fence', () => {
    const some = fc.string({
      unit: fc.oneof(fc.constantFrom(...'<>"\'&`|#-\n ='), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        some.filter(text => text.trim() !== ''),
        text => {
          const [page = '', markdown = ''] = pages(saying(text));
          expect(skeleton(page)).toEqual(clean[0]);
          const outside = markdown.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
          expect(outside).not.toMatch(/<|(?<!\\)\[|(?<!\\)`/);
        },
      ),
      { seed: 16, numRuns: 150 },
    );
  });
});
