import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Cell, cellName, roleOf } from '../../../labs-grading/release/cells.ts';
import { parsePercent } from '../../../labs-grading/release/percent.ts';
import { root } from '../../house/modules.ts';

/** A code cell of JupyterLab shows so many characters beside its margin on a laptop's screen, without a scroll bar. */
const widest = 88;

const labs = readdirSync(join(root, 'notebooks')).filter(name => existsSync(join(root, 'notebooks', name, 'lab.ts')));

const tooWide = (cells: readonly Cell[]): string[] =>
  cells.flatMap((cell, index) =>
    cell.type === 'code'
      ? cell.source
          .split('\n')
          .filter(line => line.length > widest)
          .map(line => `${cellName(cell, index)}: ${line}`)
      : [],
  );

/** Tasks to write code for which no text since the last answer shows an example. */
function withoutExample(cells: readonly Cell[]): string[] {
  let text = '';
  return cells.flatMap((cell, index) => {
    if (cell.type === 'markdown') text += cell.source;
    if (roleOf(cell) !== 'answer') return [];
    const bare = text.includes('**Write**') && !text.includes('**Example');
    text = '';
    return bare ? [cellName(cell, index)] : [];
  });
}

const markdown = (source: string): Cell => ({ type: 'markdown', source, metadata: {} });
const answer = (source: string): Cell => ({
  type: 'code',
  source,
  metadata: { nbgrader: { grade: false, grade_id: 'a', locked: false, schema_version: 3, solution: true } },
});

describe.each(labs)('%s', lab => {
  const file = join(root, 'notebooks', lab, 'lab.ts');
  const cells = parsePercent(readFileSync(file, 'utf8'), file);

  it(`has no code line of more than ${widest} characters`, () => {
    expect(tooWide(cells)).toEqual([]);
  });

  it('shows an example before each task to write something', () => {
    expect(withoutExample(cells)).toEqual([]);
  });
});

it('a wide line and a task without an example are found', () => {
  expect(tooWide([answer('x'.repeat(88)), answer('x'.repeat(89)), markdown('x'.repeat(89))])).toHaveLength(1);
  const given = [markdown('**Example.** 1'), markdown('**Write** f.'), answer('f'), markdown('**Write** g.'), answer('g')];
  expect(withoutExample(given)).toEqual(['a']);
});
