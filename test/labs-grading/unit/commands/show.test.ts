import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { CheckReport } from 'tinylab';
import { afterAll, describe, expect, it } from 'vitest';
import { reviewClass } from '../../fixtures/review-class.ts';

const cli = join(import.meta.dirname, '../../../../labs-grading/cli.ts');
/** What a terminal would obey, and what would pass for a line of ours. */
const hostile = '\u001b[2J\u009b31m\u202eevil\r\nada: 9/9\u2028half: 4/4';
const half = `function half(x: number): number {\n  return x; // ${hostile}\n}`;
const cls = await reviewClass([
  { id: 'ada', name: 'Ada Lovelace', email: 'ada@example.edu', why: `Noise.\n${hostile}`, half },
  { id: 'bo', name: 'Bo Smith', email: 'bo@example.edu' },
  { id: 'cy', name: 'Cy Smith', email: 'cy@example.edu', half: 'const half = 1', why: 'Hm.', score: 2 },
]);
afterAll(() => cls.end());

const items: CheckReport['items'] = [
  {
    id: 'case.1',
    asked: `half(2) ${hostile}`,
    passed: false,
    hidden: false,
    reason: 'wrong',
    expected: '1',
    got: hostile,
    where: 'at [0]',
    hint: 'Divide.',
  },
  { id: 'case.2', asked: 'half(0)', passed: true, hidden: false, reason: 'right' },
  { id: 'case.3', asked: 'a hidden case', passed: false, hidden: true, reason: 'wrong', where: '', hint: 'Think of odd numbers.' },
];
const [submission] = await cls.book.submissions('words', 'ada');
await cls.book.addGrading({
  submission: submission?.id ?? 0,
  gradeKey: 'aaaaaaaabbbb.ccccccccdddd',
  finishedAt: '2026-11-21T12:00:00.000Z',
  wallMs: 1,
  report: {
    lab: 'words',
    points: 4,
    score: 1,
    questions: [
      {
        question: 'half',
        title: 'A function',
        points: 4,
        score: 1,
        state: 'partial',
        parts: [{ id: 'even', points: 1, passed: true }],
        items,
        staff: ['quarter'],
      },
    ],
    cells: [
      { id: 'half', state: 'compile error', message: `Type 'string' is not a number. ${hostile}`, where: 'cell 3, line 2' },
      { id: 'cell-1', state: 'error', message: `boom ${hostile}`, where: 'cell[1]:1:1' },
    ],
    anomalies: [{ kind: 'changed', about: 'half-check', detail: `a given cell was edited ${hostile}` }],
    figures: { cpuMs: 1, compileCpuMs: 0, peakBytes: 0, sandboxes: 1 },
    degraded: false,
  },
});
await cls.book.putManual({
  lab: 'words',
  student: 'ada',
  question: 'why',
  grader: 'ta',
  items: ['noise'],
  adjustment: 1,
  comment: 'Say more.\nMuch more.',
  revision: 0,
});

const show = (...args: string[]) =>
  spawnSync(process.execPath, [cli, 'show', join(cls.folder, 'words'), ...args, '--course', join(cls.folder, 'course')], {
    encoding: 'utf8',
  });

describe('tinylab show LAB STUDENT', () => {
  const { stdout } = show('Lovelace');

  it('shows everything that decides the grade', () => {
    for (const text of [
      /half\(2\).*: wrong\n +expected +1\n +got\n +│ /,
      /where +at \[0\]\n +hint +Divide\./,
      /✗ a hidden case \(hidden\): wrong\n +hint +Think of odd numbers\./,
      /✓ 1 passed/,
      /part even: 1\/1/,
      /library's version of: quarter/,
      /cell half: compile error, cell 3, line 2\n +│ Type 'string' is not a number/,
      /Other cells that did not run to their end\n +cell cell-1: error/,
      /to look at: half-check changed: a given cell was edited/,
      /│ +return x; \/\//,
      /│ Noise\./,
      /-2 Does not say that weights are noisy or redundant\n +\+1 adjustment\n +comment:\n +│ Say more\.\n +│ Much more\./,
      /attempt \d+, 2026-11-21T12:00:00.000Z: 1\/4, counts \(key aaaaaaaa.cccccccc\)/,
    ])
      expect(stdout).toMatch(text);
  });

  it('lets nothing that a student wrote drive the terminal or pass for a line of ours', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    expect(stdout.match(/evil/g)?.length).toBeGreaterThan(5);
    expect(stdout).not.toMatch(/^ *(ada: 9\/9|half: 4\/4)/m);
  });

  it('shows one question, and the same as JSON', () => {
    const one = show('ada@', '--question', 'why').stdout;
    expect(one).toContain('│ Noise.');
    expect(one).not.toMatch(/half\(2\)|return x/);
    const json = show('ada', '--json').stdout;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come
    expect(json).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    const { questions, cells, anomalies, handIns, attempt, student } = JSON.parse(json);
    expect(student.id).toBe('ada');
    expect(attempt.report.score).toBe(1);
    expect(questions).toMatchObject([
      {
        question: 'half',
        items,
        parts: [{ id: 'even' }],
        staff: ['quarter'],
        cell: { state: 'compile error', where: 'cell 3, line 2' },
        answer: { kind: 'code', untouched: false, lines: expect.arrayContaining([expect.stringContaining('return x')]) },
      },
      { question: 'why', manual: { comment: 'Say more.\nMuch more.' }, ticked: [{ points: -2 }], answer: { kind: 'text' } },
    ]);
    expect([cells, anomalies, handIns]).toMatchObject([
      [{ id: 'cell-1' }],
      [{ kind: 'changed' }],
      [{ counts: true, gradings: [{}, { counts: true }] }],
    ]);
    expect(JSON.parse(show('ada', '--json', '--question', 'half').stdout).questions).toHaveLength(1);
  });

  it('has no line for a fact that is empty', () => {
    expect(stdout).not.toMatch(/^ +where$/m);
  });

  it('says of the class who waits for what, and what to do next', () => {
    const { stdout: all } = show();
    expect(all).toMatch(/1 waiting for a person \(cy\): npx tinylab review \S+\/words\n/);
    expect(all).toMatch(/│ cy +│ 2 +│ – needs manual +│ 2 so far/);
    expect(all).not.toMatch(/not graded yet/);
  });

  it('says what it cannot show', () => {
    expect(show('smith')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/2 students of words fit "smith"[\s\S]*bo \(Bo Smith/),
    });
    expect(show('ada', '--question', 'other').stderr).toContain('Known are: half, why');
    expect(show('--question', 'half').stderr).toContain('--question needs a student');
    const bo = show('bo').stdout;
    expect(bo).toMatch(/bo, Bo Smith, bo@example.edu: 0\/9, nothing handed in/);
    expect(bo, 'nobody asked').not.toMatch(/checks gave|^half:/m);
    const cy = show('cy', '--question', 'why').stdout;
    expect(cy, 'what waits has no points yet').toMatch(/cy, .*: 2\/9, waits for a person[\s\S]*why: –\/5, needs manual/);
  });
});
