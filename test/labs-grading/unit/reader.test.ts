import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labIds } from '../../../labs-grading/lab/labs.ts';
import { pairsOf, rebuild } from '../../../labs-grading/lab/rebuild.ts';
import { releasedName } from '../../../scripts/notebook/reader.mjs';
import {
  bare,
  changed,
  indexOf,
  lab,
  type Notebook,
  own,
  type Raw,
  solved,
  stubbed,
  textOf,
  withCell,
  withFields,
} from '../fixtures/solved.ts';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf32 = (text: string): Buffer =>
  Buffer.concat([...text].map(one => Buffer.from(Uint32Array.of(one.codePointAt(0) as number).buffer)));
const answers = (notebook: string | Buffer): string[] =>
  rebuild(lab.pristine, notebook).cells.flatMap(({ answer, source }) => (answer ? [source] : []));
const told = (notebook: string | Buffer): string[] =>
  rebuild(lab.pristine, notebook).anomalies.map(({ kind, about, detail }) => `${kind} ${about}: ${detail}`);
/** A released notebook of texts, the one called `why` an answer. */
const notebookOf = (texts: readonly string[]): string =>
  JSON.stringify({
    nbformat: 4,
    metadata: {},
    cells: texts.map(source => ({
      cell_type: 'markdown',
      id: source,
      source,
      metadata: source === 'why' ? { nbgrader: { grade_id: source, solution: true, grade: true } } : {},
    })),
  });

describe('a notebook is read with all its answers', () => {
  it.each<[string, string | Buffer, RegExp | undefined]>([
    ['as it was saved', solved, undefined],
    ['with a byte order mark', Buffer.from(`\ufeff${solved}`), /^changed : the file begins with a byte order mark/],
    ['in UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(solved)]), /saved as UTF-16LE/],
    ['in UTF-16, big end first', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(solved)]).swap16(), /saved as UTF-16BE/],
    ['in UTF-16 without a mark', utf16(solved), /saved as UTF-16LE/],
    ['in UTF-32', utf32(`\ufeff${solved}`), /saved as UTF-32LE/],
    [
      'in Windows-1252',
      Buffer.from(solved.replace('Lab 00', 'L\u00e4b').replace(/[^\n -\u00ff]/g, '?'), 'latin1'),
      /saved as WINDOWS-1252/,
    ],
    [
      'with ids that are null',
      changed(notebook => ({ ...notebook, cells: notebook.cells.map(cell => ({ ...(cell as Raw), id: null })) })),
      undefined,
    ],
    [
      'with ids that are numbers',
      changed(notebook => ({ ...notebook, cells: notebook.cells.map((cell, id) => ({ ...(cell as Raw), id })) })),
      undefined,
    ],
    [
      'with a null among the cells',
      changed(({ cells, ...rest }) => ({ ...rest, cells: [null, ...cells, 7] })),
      /^unreadable cell 1: it is no cell \(null\) and is skipped$/,
    ],
    [
      'with a cell of numbers',
      changed(({ cells, ...rest }) => ({ ...rest, cells: [...cells, { ...own(''), source: 7 }] })),
      /^unreadable cell \d+: .*its text is a number$/,
    ],
    [
      'with a null in an answer',
      withFields('grade-me', text => ({ source: [text, null] })),
      /^unreadable grade-me: .*1 of its lines are null/,
    ],
    [
      'with an answer without a type',
      withFields('grade-me', () => ({ cell_type: undefined })),
      /^unreadable grade-me: .*says no type; it is read as code/,
    ],
    [
      'with the markup of format 3',
      changed(
        ({ cells, metadata }) =>
          ({
            nbformat: 3,
            metadata,
            worksheets: [
              {
                cells: cells.map(cell => {
                  const { source, ...rest } = cell as Raw;
                  return rest.cell_type === 'code' ? { ...rest, input: source } : { ...rest, source };
                }),
              },
            ],
          }) as never,
      ),
      /nbformat is 3/,
    ],
    [
      'with numbers as Python writes them',
      solved.replace('"nbformat_minor"', '"loss": NaN, "far": -Infinity, "nbformat_minor"'),
      undefined,
    ],
    [
      'with an answer as markdown',
      withFields('grade-me', () => ({ cell_type: 'markdown' })),
      /^changed grade-me: the answer was turned into markdown/,
    ],
    ['with an answer as raw text', withFields('train', () => ({ cell_type: 'raw' })), /^changed train: the answer was turned into raw/],
    ['without marks and ids', bare(solved), /^changed : the cells have lost the marks .* 10 of 10 answers were found/],
    [
      'with 29 MB of outputs',
      withFields('train', () => ({ outputs: [{ output_type: 'stream', name: 'stdout', text: ['x'.repeat(29_000_000)] }] })),
      undefined,
    ],
    ['inside what a server sent', JSON.stringify({ name: 'x', type: 'notebook', content: JSON.parse(solved) }), undefined],
  ])('%s', (_, notebook, note) => {
    expect(rebuild(lab.pristine, notebook).handIn).toBeUndefined();
    if (!String(note).includes('1252')) expect(answers(notebook)).toEqual(answers(solved));
    const odd = told(notebook);
    if (note === undefined) expect(odd).toEqual([]);
    else expect(odd[0]).toMatch(note);
  });

  it('where one is split, in order, and each part runs as a cell', () => {
    const split = withCell('macs', (cell, { cells }, at) => {
      const lines = textOf(cell).split('\n');
      const half = lines.findIndex(line => line.startsWith('function convFlops'));
      cell.source = lines.slice(0, half).join('\n');
      cells.splice(at + 1, 0, { ...cell, id: 'a1b2c3', source: lines.slice(half).join('\n') });
    });
    expect(
      rebuild(lab.pristine, split)
        .cells.filter(({ id }) => /^macs( |$)/.test(id))
        .map(({ id }) => id),
    ).toEqual(['macs', 'macs (part 2)']);
    expect(answers(split).join('\n')).toContain('function convFlops');
    expect(told(split)).toEqual([expect.stringMatching(/^duplicated macs: 2 cells have this id \(cells \d+ and \d+\): all of them/)]);
  });

  it('where one stands in a cell of the student’s own, or in another answer’s', () => {
    const text = textOf((JSON.parse(solved) as Notebook).cells[indexOf(JSON.parse(solved), 'energy')] as Raw);
    const stub = textOf((JSON.parse(stubbed) as Notebook).cells[indexOf(JSON.parse(stubbed), 'energy')] as Raw);
    const beside = withCell('energy', (cell, { cells }, at) => {
      cell.source = stub;
      cells.splice(at + 1, 0, own(text));
    });
    const merged = withCell('roofline', (cell, { cells }) => {
      cell.source = `${textOf(cell)}\n\n${text}`;
      cells.splice(indexOf({ cells }, 'energy'), 1);
    });
    const deleted = withCell('energy', (_, { cells }, at) => void cells.splice(at, 1, own(text)));
    for (const [notebook, where] of [
      [beside, 'and not in the answer’s own cell'],
      [merged, 'the cell of another answer'],
      [deleted, 'and not in the answer’s own cell'],
    ] as const) {
      expect(answers(notebook).join('\n')).toContain(text);
      expect(answers(notebook).join('\n')).not.toContain(stub);
      expect(told(notebook).filter(line => line.startsWith('moved energy'))).toEqual([expect.stringContaining(where)]);
    }
  });

  it('where it was written as text in several cells, in place of the one that is gone', () => {
    const pristine = notebookOf(['start', 'why', 'end']);
    const texts = (answer: readonly string[]) =>
      JSON.stringify({
        nbformat: 4,
        metadata: {},
        cells: ['start', ...answer, 'end'].map(source => ({ cell_type: 'markdown', metadata: {}, source })),
      });
    const pair = (answer: readonly string[]) => pairsOf({ pristine }, texts(answer))('why')?.submitted.map(({ source }) => source);
    expect(pair(['Because.', 'And so on.'])).toEqual(['Because.', 'And so on.']);
    expect(pair(['why'])).toEqual(['why']);
    expect(pair([])).toEqual([]);
  });

  it('with the helpers that it needs, and with nothing else of the student’s own', () => {
    const helped = withCell('grade-me', (cell, { cells }, at) => {
      cell.source = 'function add(a: number, b: number): number {\n  return sum([a, b]);\n}';
      cells.splice(
        at,
        0,
        own('const plus = (a: number, b: number) => a + b;\nconst sum = (all: number[]) => all.reduce(plus);'),
        own('const other = 1;'),
      );
      cells.push(own('const a = await fit(1);'));
    });
    const ids = rebuild(lab.pristine, helped).cells.map(({ id }) => id);
    expect(ids.slice(ids.indexOf('grade-me') - 1, ids.indexOf('grade-me') + 1)).toEqual(['own cell 4', 'grade-me']);
    expect(ids.filter(id => id.startsWith('own'))).toHaveLength(1);
    expect(told(helped)).toEqual(['moved grade-me: it uses sum from cell 4, of your own beside the answers; that runs before it']);
  });

  it('with an import that was added to a given cell, which runs as it was released', () => {
    const notebook = changed(({ cells, ...rest }) => {
      const at = cells.findIndex(cell => (cell as Raw).id === 'start_2');
      (cells[at] as Raw).source = "import { accuracy, quantile } from 'tinylab';\nconst evil = 1;";
      (cells[indexOf({ cells }, 'grade-me')] as Raw).source = 'const add = (x: number, y: number) => quantile(x, y);';
      return { ...rest, cells };
    });
    const { cells } = rebuild(lab.pristine, notebook);
    expect(cells.find(({ id }) => id.startsWith('own'))?.source).toBe("import { accuracy, quantile } from 'tinylab';");
    expect(cells.map(({ source }) => source).join()).not.toContain('evil');
  });
});

it.each(labIds())('%s has a copy that nobody writes into, the same as its notebook', id => {
  const at = (name: string): string => readFileSync(join(import.meta.dirname, '../../../notebooks', id, name), 'utf8');
  expect(at(releasedName)).toBe(at(`${id}.ipynb`));
});
