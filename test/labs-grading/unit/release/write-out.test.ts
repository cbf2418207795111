import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GraderError } from '../../../../labs-grading/base/grader-error.ts';
import { problemLine } from '../../../../labs-grading/base/problem.ts';
import { type Cell, markOf } from '../../../../labs-grading/release/cells.ts';
import { writeOut } from '../../../../labs-grading/release/passes/write-out.ts';
import { parsePercent } from '../../../../labs-grading/release/percent.ts';
import { questionHeads } from '../../../../labs-grading/release/question-facts.ts';

const heads = new Map([
  ['half', { points: 4, title: 'Half of it' }],
  ['third', { points: 1, title: 'A third' }],
  ['beyond', { points: 0, title: 'Beyond', bonus: 5 }],
]);
const written = (text: string) => writeOut(parsePercent(text, 'lab.ts'), heads, 'lab.ts');
const sources = (cells: readonly Cell[]): string[] => cells.map(({ source }) => source);

describe('what follows from checks.ts', () => {
  it('is written into the marks of answer, check, given and written cells', () => {
    const { cells, problems } = written(
      '// %% given="types"\ntype A = 1;\n\n// %% answer="half"\nx;\n\n// %% check="half"\n\n// %% [markdown] points=2.5 written="why"\n// Because.\n',
    );
    expect(problems).toEqual([]);
    const base = { grade: false, locked: false, schema_version: 3, solution: false };
    expect(cells.map(markOf)).toEqual([
      { ...base, grade_id: 'types', locked: true },
      { ...base, grade_id: 'half', solution: true },
      { ...base, grade_id: 'half-check', grade: true, locked: true, points: 4 },
      { ...base, grade_id: 'why', grade: true, solution: true, points: 2.5 },
    ]);
    expect(sources(cells)[2]).toBe("await check('half');");
    expect(Object.keys(cells[1]?.metadata ?? {})).toEqual(['nbgrader']);
  });

  it('is written into headings, each of its own questions, and into the text, of all', () => {
    const { cells, problems } = written(
      [
        '// %% [markdown]\n// # Lab\n//\n// {{questions}}, {{total}}: $\\frac{points}{2}$.',
        '// %% [markdown]\n// ## 1 · {{title}} ({{points}})',
        '// %% answer="half"\nx;\n\n// %% check="half"',
        '// %% [markdown]\n// Between two headings.',
        '// %% [markdown] points=2.5 written="why"\n// Because.',
        '// %% [markdown]\n// ## 2 · Thirds ({{points}})',
        '// %% check="third"\n',
        '// %% [markdown]\n// ## {{title}}\n//\n// {{points}} more.',
        '// %% check="beyond"\n',
      ].join('\n\n'),
    );
    expect(problems).toEqual([]);
    expect(sources(cells).filter((_, i) => cells[i]?.type === 'markdown')).toEqual([
      '# Lab\n\nFour questions, 7.5 points: $\\frac{points}{2}$.',
      '## 1 · Half of it (6.5 points)',
      'Between two headings.',
      'Because.',
      '## 2 · Thirds (1 point)',
      '## Beyond\n\n5 bonus points more.',
    ]);
  });

  it('is refused where it cannot be known, with the line', () => {
    const wrong = [
      ['// %% check="halve"\n', "lab.ts:2: checks.ts has no question 'halve'; known are: half, third, beyond [mark]"],
      [
        '// %% check="half"\nawait check("half");\n',
        'lab.ts:2: a check cell is written for you: leave the cell of check="half" empty [mark]',
      ],
      [
        '// %% [markdown] written="why"\n// Because.\n',
        'lab.ts:2: written="why" needs points=NUMBER: people grade it, so checks.ts does not know [mark]',
      ],
      ['// %% [markdown]\n// ## 1 ({{points}})\n', 'lab.ts:2: no question follows this heading before the next one [mark]'],
      ['// %% [markdown]\n// {{total}} and {{sum}}\n', 'lab.ts:2: there is no {{sum}}; known are: title, points, questions, total [mark]'],
    ];
    for (const [text = '', problem] of wrong) expect(written(text).problems.map(problemLine)).toEqual([problem]);
  });
});

describe('the heads of questions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-heads-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('are read from checks.ts and what it imports, without running it', () => {
    write(
      'more.ts',
      "import './checks.ts';\nthrow new Error('ran');\nexport const more = [question(`b`, { title: `B`, points: 2.5 }, async () => {})];",
    );
    const checks = write(
      'checks.ts',
      "import { lab, question } from 'tinylab';\nimport { more } from './more.ts';\nexport default lab('x', [question('a', { points: 3 }, async q => { q.question('no'); }), ...more]);",
    );
    expect([...questionHeads(checks)]).toEqual([
      ['b', { points: 2.5, title: 'B' }],
      ['a', { points: 3, title: 'a' }],
    ]);
  });

  it('are refused where points are worked out', () => {
    const checks = write('computed.ts', "\nexport default lab('x', [question('a', { points: 1 + 2 }, async () => {})]);");
    const wrong = (): unknown => questionHeads(checks);
    expect(wrong).toThrow(GraderError);
    expect(wrong).toThrow("computed.ts:2: question('a'): points should be written as a number [points]");
  });
});
