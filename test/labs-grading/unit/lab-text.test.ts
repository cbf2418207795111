import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraderError } from '../../../labs-grading/base/grader-error.ts';
import type { Cell } from '../../../labs-grading/release/cells.ts';
import { formatNotebook, parseNotebook } from '../../../labs-grading/release/nbformat.ts';
import { formatPercent, parsePercent, percentHeader } from '../../../labs-grading/release/percent.ts';
import { root } from '../../house/modules.ts';

const tiny = join(root, 'test/labs-grading/fixtures/tiny-lab/lab.ts');
const notebooks = join(root, 'notebooks');
const labs = [tiny, ...readdirSync(notebooks).map(name => join(notebooks, name, 'lab.ts'))].filter(existsSync);
const bare = (cells: readonly Cell[]) => cells.map(({ type, source, metadata }) => ({ type, source, metadata }));

describe('percent text', () => {
  it('has cells with type, metadata, source and line', () => {
    const text = `${percentHeader}\n// %% [markdown]\n// # Title\n//\n// text\n\n// %% nbgrader={"grade": false, "grade_id": "a"} tags=["x"]\nconst a = 1;\n\n\n// %%\n`;
    expect(parsePercent(text, 'lab.ts')).toEqual([
      { type: 'markdown', metadata: {}, source: '# Title\n\ntext', line: 15 },
      { type: 'code', metadata: { nbgrader: { grade: false, grade_id: 'a' }, tags: ['x'] }, source: 'const a = 1;', line: 20 },
      { type: 'code', metadata: {}, source: '', line: 24 },
    ]);
  });

  it('keeps titles, CRLF files and text that looks like metadata', () => {
    const cells = parsePercent('// %% A title [markdown] a={"b": "c d=1"}\r\n// x\r\n// %% Only a title\r\n1;\r\n', 'lab.ts');
    expect(bare(cells)).toEqual([
      { type: 'markdown', metadata: { title: 'A title', a: { b: 'c d=1' } }, source: 'x' },
      { type: 'code', metadata: { title: 'Only a title' }, source: '1;' },
    ]);
  });

  it.each([
    ['text before the first cell', 'const a = 1;\n// %%\n', 1, 'expected a cell marker'],
    ['a text line that is no comment', '// %% [markdown]\n// ok\nnot ok\n', 3, 'should start with "// "'],
    ['metadata that is no JSON', '// %%\n\n// %% nbgrader={grade: 1}\n', 3, 'the metadata nbgrader is not JSON'],
  ])('refuses %s, with its line', (_, text, ...[line, message]) => {
    try {
      parsePercent(text, 'lab.ts');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(GraderError);
      expect((error as GraderError).problems[0]).toMatchObject({
        rule: 'format',
        file: 'lab.ts',
        line,
        message: expect.stringContaining(message),
      });
    }
  });

  it('reads what it writes', () => {
    const line = fc.string({ maxLength: 20 }).filter(text => !/^\/\/ %%/.test(text));
    const source = fc.array(line, { maxLength: 4 }).map(lines => lines.join('\n').replace(/\s+$/, '').replace(/\r/g, ''));
    const metadata = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,5}$/).filter(key => key !== 'title'),
      fc.jsonValue(),
      { maxKeys: 3, noNullPrototype: true },
    );
    const cell = fc.record({ type: fc.constantFrom('code' as const, 'markdown' as const), source, metadata });
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 5 }), cells => {
        const read = bare(parsePercent(formatPercent(cells, percentHeader), 'lab.ts'));
        expect(read).toEqual(JSON.parse(JSON.stringify(cells)));
      }),
    );
  });

  it.each(labs)('%s is written as jupytext writes it', path => {
    const text = readFileSync(path, 'utf8');
    const header = text.slice(0, text.indexOf('\n// ---\n') + '\n// ---\n'.length);
    expect(formatPercent(parsePercent(text, 'lab.ts'), header)).toBe(text);
  });
});

const python = join(root, '.tinylab/python/bin/python');

describe.runIf(existsSync(python))('the real jupytext', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-jupytext-'));
  const [notebook, text] = [join(folder, 'tiny.ipynb'), join(folder, 'tiny.ts')];
  const copies = labs.map((path, i) => ({ path, copy: join(folder, `${i}`) }));

  // One process for all of it: jupytext takes longer to start than to convert.
  beforeAll(() => {
    for (const { path, copy } of copies) copyFileSync(path, `${copy}.ts`);
    writeFileSync(notebook, formatNotebook(parsePercent(readFileSync(tiny, 'utf8'), tiny)));
    const runs = [
      ['--to', 'ipynb', ...copies.map(({ copy }) => `${copy}.ts`)],
      ['--to', 'ts:percent', '--output', text, notebook],
    ];
    execFileSync(
      python,
      ['-c', 'import json, sys; from jupytext.cli import jupytext; [jupytext(["--quiet", *run]) for run in json.load(sys.stdin)]'],
      {
        input: JSON.stringify(runs),
      },
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(copies)('gives the same cells for $path', ({ path, copy }) => {
    const layout = ({ metadata: { lines_to_next_cell: _, ...metadata }, ...cell }: Cell): Cell => ({ ...cell, metadata });
    const found = parseNotebook(readFileSync(`${copy}.ipynb`, 'utf8'), path);
    expect(bare(found.map(layout))).toEqual(bare(parsePercent(readFileSync(path, 'utf8'), path)));
  });

  it('turns our notebook into our text', () => {
    const cells = parsePercent(readFileSync(tiny, 'utf8'), tiny);
    const body = (written: string): string => written.slice(written.indexOf('// %%'));
    expect(body(readFileSync(text, 'utf8'))).toBe(body(formatPercent(cells, percentHeader)));
  });
});

describe('notebook text', () => {
  it('is format 4.5 with stable ids and no outputs', () => {
    const cells: Cell[] = [
      { type: 'markdown', metadata: {}, source: 'a\nb' },
      { type: 'code', metadata: { nbgrader: { grade_id: 'q' } }, source: '' },
      { type: 'code', metadata: { b: 1, a: 2 }, source: '1' },
    ];
    const json = JSON.parse(formatNotebook(cells));
    expect(json).toMatchObject({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: { name: 'tinylab', language: 'typescript' } } });
    expect(json.cells).toEqual([
      { cell_type: 'markdown', id: 'start_1', metadata: {}, source: ['a\n', 'b'] },
      { cell_type: 'code', execution_count: null, id: 'q', metadata: { nbgrader: { grade_id: 'q' } }, outputs: [], source: [] },
      { cell_type: 'code', execution_count: null, id: 'q_1', metadata: { a: 2, b: 1 }, outputs: [], source: ['1'] },
    ]);
    expect(bare(parseNotebook(formatNotebook(cells), 'a.ipynb'))).toEqual(cells);
  });

  it.each([
    ['no JSON', '{'],
    ['another format', '{"nbformat": 3, "cells": []}'],
    ['no cells', '{"nbformat": 4}'],
  ])('is refused when it is %s', (_, text) => {
    expect(() => parseNotebook(text, 'a.ipynb')).toThrow(/^a\.ipynb: no notebook of format 4/);
  });
});
