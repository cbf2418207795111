import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { problemLine } from '../../../../labs-grading/base/problem.ts';
import type { Cell } from '../../../../labs-grading/release/cells.ts';
import { leakProblems, residueProblems } from '../../../../labs-grading/release/leaks/leaks.ts';
import { secretsOf } from '../../../../labs-grading/release/leaks/secrets.ts';
import { tokensOf } from '../../../../labs-grading/release/leaks/tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'leaks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const answer = (id: string, source: string): Cell => ({
  type: 'code',
  source,
  metadata: { nbgrader: { grade: false, grade_id: id, locked: false, schema_version: 3, solution: true } },
  line: 1,
});
const solved = answer(
  'f',
  `function f(rows: number[][]) {
  // ### BEGIN SOLUTION
  const secret = 42;
  return rows.map(row => row.reduce((sum, x) => sum + x * secret, 0)).filter(sum => sum > 3);
  // ### END SOLUTION
}`,
);
const kept = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const scan = (text: string | Uint8Array, path = 'checks.ts', { cells = [solved], files = [] as string[], folders = [] as string[] } = {}) =>
  leakProblems([{ path, from: path, content: Buffer.from(text) }], secretsOf(cells, files), folders).map(problemLine);

describe('solutions', () => {
  it('are found as lines in any file, whatever their indentation', () => {
    expect(scan('const a = 1;\n      const   secret = 42;')).toEqual([
      'checks.ts:2: a line of the solution of f ships to students: const secret = 42; [leak]',
    ]);
    const notebook = JSON.stringify({ cells: [{ source: ['  const secret = 42;\n'] }] }, null, 1);
    expect(scan(notebook, 'a.ipynb')).toEqual(['a.ipynb:5: a line of the solution of f ships to students: const secret = 42; [leak]']);
  });

  it('are found as phrases when someone formats them anew, quotes them in a comment or strips the semicolons', () => {
    const wrapped = '// return rows\n//   .map(row =>\n// row.reduce((sum, x) => sum + x * secret, 0,),)\n//   .filter(sum => sum > 3)';
    expect(scan(`const a = 1;\n${wrapped}`, 'notes.md')).toEqual([
      expect.stringMatching(/^notes\.md:2: a phrase of the solution of f ships to students: return rows \. map .* \[leak\]$/),
    ]);
    expect(scan(wrapped.replace('(sum, x) => sum', '(all, x) => all'), 'notes.md')).toEqual([]);
  });

  it('of an answer cell without markers are the whole cell', () => {
    expect(scan("const choice = 'because';", 'README.md', { cells: [answer('q', "const choice = 'because';")] })).toHaveLength(1);
  });

  it('may be short, an option with its value, or stand around the answer', () => {
    expect(scan('}\nreturn x;')).toEqual([]);
    const options = answer('g', '// ### BEGIN SOLUTION\nfit(net, {\n  learningRate: 0.0125,\n});\n// ### END SOLUTION');
    expect(scan('  learningRate: 0.0125,', 'a.ipynb.txt', { cells: [options] })).toEqual([]);
    const around = answer('g', 'const secret = 42;\n// ### BEGIN SOLUTION\nconst secret = 42;\n// ### END SOLUTION');
    expect(scan('const secret = 42;', 'checks.ts', { cells: [around] })).toEqual([]);
  });

  it('are found in text and free cells, also inside a sentence', () => {
    const text: Cell = { type: 'markdown', source: 'Write `const secret = 42;` first.', metadata: {} };
    const free: Cell = { type: 'code', source: 'const secret = 42;', metadata: {} };
    for (const cell of [text, free]) {
      const notebook = JSON.stringify({ cells: [{ source: [cell.source] }] }, null, 1);
      expect(scan(notebook, 'a.ipynb', { cells: [solved, cell] })).toEqual([
        'a.ipynb:5: a line of the solution of f ships to students: const secret = 42; [leak]',
      ]);
    }
  });

  it('may have in common with the library what any program has', () => {
    const library = {
      path: 'lib/dist/a.js',
      from: 'lib/a.ts',
      content: Buffer.from('  const secret = 42;\nrows.map(row => row.reduce((sum, x) => sum + x * secret, 0)).filter(sum => sum > 3)'),
    };
    const copied = {
      path: 'notes.md',
      from: 'notes.md',
      content: Buffer.from('const secret = 42;\nrows.map(row => row.reduce((sum, x) => sum + x * secret, 0)).filter(sum => sum > 3)'),
    };
    expect(leakProblems([library, copied], secretsOf([solved]))).toEqual([]);
    expect(leakProblems([copied], secretsOf([solved]))).toHaveLength(1);
  });
});

describe('what graders keep', () => {
  it('is found: hidden cases with data in them, texts of a rubric', () => {
    const hidden = kept('hidden.ts', "import { a } from 'a-long-name';\n  q.equal(hiddenThing, 4711);\n  const same = vocabulary(only);");
    const rubric = kept('rubric.json', '{ "items": [{ "text": "Says nothing about memory" }] }');
    expect(scan("import { a } from 'a-long-name';\nconst same = vocabulary(only);", 'a.ts', { files: [hidden] })).toEqual([]);
    expect(scan('q.equal(hiddenThing, 4711);', 'a.ts', { files: [hidden] })).toEqual([
      'a.ts:1: a line of the hidden cases ships to students: q.equal(hiddenThing, 4711); [leak]',
    ]);
    expect(scan('Says nothing about memory', 'README.md', { files: [rubric] })).toHaveLength(1);
  });

  it('is found as a whole file, packed or not', () => {
    kept('secret.bin', '\0\u0001data');
    const found = [expect.stringMatching(/secret\.bin ships to students, as data\.bin \[leak\]$/)];
    expect(scan('\0\u0001data', 'data.bin', { folders: [folder] })).toEqual(found);
    expect(scan(gzipSync('\0\u0001data'), 'data.bin', { folders: [folder] })).toEqual(found);
    expect(scan('\0\u0001other', 'data.bin', { folders: [folder] })).toEqual([]);
  });
});

describe('what an author leaves', () => {
  it('is found: a path of one machine', () => {
    expect(scan("read('/home/ada/secret.json')")).toEqual(['checks.ts:1: a path of one machine: /home/ada/secret.json [absolute path]']);
    expect(scan('https://example.org/home/ada and work/main')).toEqual([]);
  });

  it('is found: outputs, counts and attachments, with the line of the cell', () => {
    const executed = {
      cells: [
        { id: 'a', outputs: [{}], execution_count: 3 },
        { id: 'b', attachments: {} },
      ],
    };
    expect(residueProblems(JSON.stringify(executed, null, 1), 'a.ipynb').map(problemLine)).toEqual([
      'a.ipynb:4 (cell a): an output is left in the cell [clean]',
      'a.ipynb:4 (cell a): an execution count is left in the cell [clean]',
      'a.ipynb:11 (cell b): an attachment is left in the cell [clean]',
    ]);
  });
});

it('reads words as they stay when text is formatted', () => {
  const words = (text: string): string[] => tokensOf(text).map(token => token.text);
  expect(words("f('a', [1,\n  2.5,\n]);")).toEqual(words('/* f("a",[1,2.5]) */'));
  expect(words("f('a')")).toEqual(['f', '(', '"a"', ')']);
});
