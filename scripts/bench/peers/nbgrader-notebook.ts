import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Cell {
  readonly kind: 'given' | 'answer' | 'check';
  readonly id: string;
  readonly points: number;
  readonly source: string;
}

const text = readFileSync(join(import.meta.dirname, 'nbgrader_lab.py'), 'utf8');

const cells: readonly Cell[] = text
  .split(/^# %% /m)
  .slice(1)
  .map(part => {
    const [head = '', ...lines] = part.split('\n');
    const [kind, id = '', points = '0'] = head.split(' ');
    return { kind: kind as Cell['kind'], id, points: Number(points), source: lines.join('\n').trim() };
  });

function mark({ kind, id, points }: Cell): object {
  if (kind === 'given') return {};
  const check = kind === 'check';
  const rest = { schema_version: 3, task: false, locked: check, grade: check, solution: !check, ...(check && { points }) };
  return { nbgrader: { grade_id: check ? `${id}-check` : id, ...rest } };
}

/** The notebook with its solutions; with `own`, as a student handed it in, whose answers nobody else has. */
export function notebookOf(own?: number): string {
  const source = (cell: Cell): string => {
    if (own === undefined || cell.kind !== 'answer') return cell.source;
    const answer = cell.source.replace(/^ *### (BEGIN|END) SOLUTION\n?/gm, '');
    return `${answer}\nown_${cell.id.replaceAll('-', '_')}_${own} = ${own}`;
  };
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' }, language_info: { name: 'python' } },
    cells: cells.map((cell, i) => ({
      id: `cell-${i}`,
      cell_type: 'code',
      execution_count: null,
      outputs: [],
      metadata: mark(cell),
      source: source(cell),
    })),
  });
}

/** Points of a full score. */
export const fullScore: number = cells.reduce((sum, { points }) => sum + points, 0);
