import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedCells, checksumOfCell, readNbgraderNotebook } from '../../labs-grading/nbgrader/notebook.ts';
import { nbgraderFixtures, nbgraderPython } from './nbgrader/environment.ts';

interface Said {
  readonly error?: string;
  readonly marks?: unknown[];
  readonly checksums?: (string | null)[];
}

/** What nbgrader says of each notebook. */
const oracle = (notebooks: readonly string[]): Said[] =>
  JSON.parse(
    execFileSync(nbgraderPython(), [join(import.meta.dirname, 'nbgrader/oracle.py')], {
      input: JSON.stringify(notebooks),
      encoding: 'utf8',
      maxBuffer: 1e9,
    }),
  );

/** What we say, in the same words; the reason of a refusal is ours. */
function ours(text: string): Said {
  const notebook = readNbgraderNotebook(text, 'notebook.ipynb');
  if (notebook.problems.length > 0) return { error: notebook.problems.map(({ message }) => message).join('; ') };
  return { marks: notebook.cells.map(({ mark }) => mark ?? null), checksums: notebook.cells.map(cell => checksumOfCell(cell) ?? null) };
}

const agree = (text: string, said: Said, name: string): void => {
  const mine = ours(text);
  if (said.error === undefined) expect(mine, name).toEqual(said);
  else expect(mine.error, `${name}: ${said.error}`).toBeDefined();
};

const read = (path: string): string => readFileSync(join(nbgraderFixtures(), path), 'utf8');

describe('notebooks of nbgrader’s own tests', () => {
  it('have the same marks, checksums and refusals as nbgrader gives them', () => {
    const files = globSync('*/files/*.ipynb', { cwd: nbgraderFixtures() }).sort();
    const texts = files.map(read);
    const said = oracle(texts);
    expect(files.length).toBeGreaterThan(60);
    expect(said.flatMap(({ checksums = [] }) => checksums.filter(Boolean)).length).toBeGreaterThan(150);
    for (const [i, text] of texts.entries()) agree(text, said[i] as Said, files[i] as string);
    expect(files.filter((_, i) => said[i]?.error)).toEqual([
      'apps/files/test-no-metadata-autotest.ipynb',
      'apps/files/test-no-metadata.ipynb',
      'apps/files/test-v0-invalid.ipynb',
      'apps/files/too-new.ipynb',
      'preprocessors/files/bad-markdown-cell-1.ipynb',
      'preprocessors/files/bad-markdown-cell-2.ipynb',
      'preprocessors/files/blank-grade-id.ipynb',
      'preprocessors/files/blank-points.ipynb',
      'preprocessors/files/duplicate-grade-ids.ipynb',
      'preprocessors/files/submitted-answer-cell-type-changed.ipynb',
      'preprocessors/files/submitted-grade-cell-type-changed.ipynb',
      'ui-tests/files/submitted-answer-cell-type-changed.ipynb',
      'ui-tests/files/submitted-grade-cell-type-changed.ipynb',
    ]);
  });

  it('are refused with the reason, and upgraded with a warning', () => {
    const told = (path: string) => readNbgraderNotebook(read(path), path);
    expect(told('apps/files/too-new.ipynb').problems[0]?.message).toContain('schema_version 10 is too new');
    expect(told('preprocessors/files/duplicate-grade-ids.ipynb').problems[0]?.message).toBe('another cell has the same grade_id');
    expect(told('apps/files/test-v1.ipynb').warnings[0]?.message).toBe('nbgrader metadata of version 1, read as version 3');
    expect(told('apps/files/test-v0.ipynb').points).toBe(told('apps/files/test.ipynb').points);
  });

  it('show which cells were changed', () => {
    const changed = (name: string) => changedCells(readNbgraderNotebook(read(`preprocessors/files/${name}.ipynb`), name));
    expect(changed('submitted-unchanged')).toEqual([]);
    expect(changed('submitted-changed').sort()).toEqual(['baz', 'quux', 'set_a']);
    expect(changed('submitted-locked-cell-changed')).toEqual(['ro1', 'ro2']);
  });
});

/** Metadata that is nearly right: any version, missing, unknown and wrong keys, odd points. */
const mark = fc
  .record(
    {
      schema_version: fc.constantFrom(0, 1, 2, 3, 3, 3, 4, 10),
      grade: fc.boolean(),
      solution: fc.boolean(),
      locked: fc.boolean(),
      task: fc.boolean(),
      grade_id: fc.constantFrom('a', 'b', 'c', 'd-1', '', 'é', 'a b'),
      points: fc.constantFrom<unknown>(0, 1, 2.5, 1e-5, 1e16, 123456789, -1, '2', '', '1.5'),
      checksum: fc.constantFrom('0'.repeat(32), 'short'),
      cell_type: fc.constantFrom('code', 'markdown', 'other'),
      remark: fc.string(),
    },
    { requiredKeys: [] },
  )
  .map(meta => ({ nbgrader: meta }));

const line = fc.constantFrom(
  'x = 1',
  '',
  'é',
  '  // ### BEGIN SOLUTION',
  '# END SOLUTION',
  '### BEGIN HIDDEN TESTS',
  '### END HIDDEN TESTS',
  '### BEGIN MARK SCHEME',
  '### END MARK SCHEME',
  '### BEGIN MARK SCHEME\n![a](attachment:b.png)\n### END MARK SCHEME',
  '![a](attachment:b.png)',
);

const cell = fc.record({
  cell_type: fc.constantFrom('code', 'code', 'markdown'),
  metadata: fc.oneof(mark, fc.constant({})),
  source: fc.array(line, { maxLength: 4 }).map(lines => lines.join('\n')),
});

const notebook = fc.array(cell, { maxLength: 3 }).map(cells => ({
  cells: cells.map(each => (each.cell_type === 'code' ? { ...each, outputs: [], execution_count: null } : each)),
  metadata: {},
  nbformat: 4,
  nbformat_minor: 4,
}));

it('reads any metadata as nbgrader does', () => {
  const texts = fc.sample(notebook, 1500).map(value => JSON.stringify(value));
  const said = oracle(texts);
  expect(said.filter(({ error }) => error === undefined).length).toBeGreaterThan(200);
  for (const [i, text] of texts.entries()) agree(text, said[i] as Said, text);
});
