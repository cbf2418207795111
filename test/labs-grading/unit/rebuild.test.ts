import { describe, expect, it } from 'vitest';
import { rebuild } from '../../../labs-grading/lab/rebuild.ts';
import { cells, notebook, solutions, stubs } from '../fixtures/mini-lab/notebook.ts';
import { miniLab } from '../fixtures/mini-lab.ts';

const { pristine } = miniLab;
const sources = (text: string): Record<string, string> =>
  Object.fromEntries(rebuild(pristine, text).cells.map(({ id, source }) => [id, source]));
const kinds = (text: string): string[] => rebuild(pristine, text).anomalies.map(({ kind, about }) => `${about} ${kind}`);

describe('rebuild', () => {
  it('takes the answers and leaves check cells out', () => {
    expect(sources(notebook(cells(solutions)))).toEqual({ imports: "import { tf } from 'tinylab';", ...solutions });
    expect(kinds(notebook(cells(solutions)))).toEqual([]);
  });

  it('leaves out released cells that are one call which shows something, and no others', () => {
    const ran = (source: string): boolean => {
      const released = notebook([...cells(), { id: 'shown', source }]);
      return rebuild(released, notebook(cells(solutions))).cells.some(({ id }) => id === 'shown');
    };
    const shown = [
      "plot.bar({ a: 1 }, { title: 'A) bar; const x = 1' });",
      'facets([plot.line([1])], { columns: 2 })',
      '// A picture\nawait table([{ a: add(1, 2) }]);\n',
      "reveal('guess', [1, 2].map(x => {\n  const y = x;\n  return y;\n}));",
      'show(`a) picture`);',
    ];
    expect(shown.filter(ran)).toEqual([]);
    const kept = [
      'const few = 1;\nplot.bar({ a: few });',
      'plot.bar({ a: 1 });\nlet b = 2;',
      'plot.bar({ a: 1 }), (globalThis.seen = 1);',
      'plot.bar = 1;',
      'table([{ a: 1 }]).print();',
      'plotted(1);',
      'plot.bar({ a: 1 }',
      'add(1, 2);',
    ];
    expect(kept.filter(source => !ran(source))).toEqual([]);
  });

  it('knows which answers were never touched', () => {
    expect([...rebuild(pristine, notebook(cells({ add: solutions.add }))).untouched]).toEqual(['relu', 'scale', 'answer']);
  });

  it('does not run given cells that were edited, or cells that were added', () => {
    const hostile = [
      { id: 'evil', source: 'globalThis.hacked = 1;' },
      ...cells(solutions).map(cell => (cell.id === 'imports' ? { ...cell, source: 'import fs from "fs";' } : cell)),
    ];
    expect(sources(notebook(hostile))).toEqual({ imports: "import { tf } from 'tinylab';", ...solutions });
  });

  it('restores deleted cells and says so', () => {
    const without = cells(solutions).filter(({ id }) => id !== 'add' && id !== 'relu-check');
    expect(sources(notebook(without)).add).toBe(stubs.add);
    expect(kinds(notebook(without))).toEqual(['add missing', 'relu-check missing']);
  });

  it('takes all cells of one id, in order, for the answer; a copy of the same text, or of the stub, adds nothing', () => {
    const split = (...texts: string[]) =>
      notebook(
        cells(solutions).flatMap(cell =>
          cell.id === 'add' ? texts.map((source, i) => ({ ...cell, source, ...(i > 0 && { type: 'code' as const }) })) : [cell],
        ),
      );
    const run = (text: string) =>
      rebuild(pristine, text)
        .cells.filter(({ id }) => id.startsWith('add'))
        .map(({ source }) => source);
    const text = split('const one = 1;', 'function add(a: number, b: number) { return a + b * one; }');
    expect(run(text)).toEqual(['const one = 1;', 'function add(a: number, b: number) { return a + b * one; }']);
    expect(rebuild(pristine, text).anomalies).toEqual([
      { kind: 'duplicated', about: 'add', detail: '2 cells have this id (cells 3 and 4): all of them, in this order, are the answer' },
    ]);
    expect(run(split(solutions.add, solutions.add))).toEqual([solutions.add]);
    expect(run(split(solutions.add, stubs.add))).toEqual([solutions.add]);
    expect(run(split(stubs.add, stubs.add))).toEqual([stubs.add]);
  });

  it('notes an edited check cell and ignores the edit', () => {
    const edited = cells(solutions).map(cell => (cell.id === 'add-check' ? { ...cell, source: 'true' } : cell));
    expect(kinds(notebook(edited))).toEqual(['add-check changed']);
  });

  it('takes a written answer for what it is: no edit of a given cell', () => {
    const written = (source: string) => notebook([{ id: 'why', source, type: 'markdown', mark: { grade: true, solution: true } }]);
    expect(rebuild(written('Your answer.'), written('Because.')).anomalies).toEqual([]);
    const given = (source: string) => notebook([{ id: 'text', source, type: 'markdown', mark: { grade: false, solution: false } }]);
    expect(rebuild(given('Read this.'), given('Read that.')).anomalies).toMatchObject([{ kind: 'changed', about: 'text' }]);
  });

  it('does not care about order', () => {
    expect(sources(notebook([...cells(solutions)].reverse()))).toEqual(sources(notebook(cells(solutions))));
  });

  it.each(['markdown', 'raw'] as const)('undoes an answer that was turned into %s, and says so', type => {
    const flipped = cells(solutions).map(cell => (cell.id === 'add' ? { ...cell, type: type as 'markdown' } : cell));
    expect(sources(notebook(flipped)).add).toBe(solutions.add);
    expect(rebuild(pristine, notebook(flipped)).anomalies).toEqual([
      { kind: 'changed', about: 'add', detail: `the answer was turned into ${type} (cell 3); it is read as code` },
    ]);
  });

  it('does not take an answer that is too long', () => {
    const long = { ...solutions, add: `// ${'x'.repeat(200_001)}` };
    expect(sources(notebook(cells(long))).add).toBe(stubs.add);
    expect(kinds(notebook(cells(long)))).toEqual(['add too long']);
  });

  it.each([
    '',
    'hello',
    '[]',
    'null',
    '{"cells":[]}',
    '{"nbformat":3,"cells":[]}',
    '{"nbformat":4,"cells":[{"cell_type":7}]}',
    '['.repeat(1e5),
  ])('names what is wrong with %j', text => {
    const { cells: none, anomalies } = rebuild(pristine, text);
    expect([none, anomalies.map(({ kind }) => kind)]).toEqual([[], ['unreadable']]);
  });
});
