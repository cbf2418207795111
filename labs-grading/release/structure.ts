import type { Lab } from 'tinylab';
import type { Problem } from '../base/problem.ts';
import { type Cell, cellName, markOf, roleOf } from './cells.ts';

/** Problems of a lab's cells against its questions: ids, points, pairs of answer and check. */
export function structureProblems(cells: readonly Cell[], lab: Lab, file: string): Problem[] {
  return [...markProblems(cells, file), ...duplicateIds(cells, file), ...pairProblems(cells, lab, file), ...strayChecks(cells, lab, file)];
}

const at = (cell: Cell, index: number, file: string) => ({ file, cell: cellName(cell, index), line: cell.line });

const markKeys = new Set(['grade', 'grade_id', 'locked', 'schema_version', 'solution', 'points', 'task']);

function markProblems(cells: readonly Cell[], file: string): Problem[] {
  return cells.flatMap((cell, index) => {
    const mark = markOf(cell);
    if (!mark) return [];
    const wrong: string[] = [];
    if (mark.schema_version !== 3) wrong.push(`schema_version should be 3; got ${mark.schema_version}`);
    for (const flag of ['grade', 'locked', 'solution'] as const) {
      if (typeof mark[flag] !== 'boolean') wrong.push(`${flag} should be true or false`);
    }
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(mark.grade_id ?? ''))
      wrong.push(`grade_id ${JSON.stringify(mark.grade_id)} has other characters than letters, digits, _ and -`);
    if (mark.grade && !((mark.points ?? -1) >= 0)) wrong.push('a graded cell needs points');
    for (const key of Object.keys(mark)) if (!markKeys.has(key)) wrong.push(`unknown key ${key}`);
    return wrong.map(message => ({ rule: 'mark', message, ...at(cell, index, file) }));
  });
}

function duplicateIds(cells: readonly Cell[], file: string): Problem[] {
  const seen = new Map<string, Cell>();
  return cells.flatMap((cell, index) => {
    const id = markOf(cell)?.grade_id;
    const first = id === undefined ? undefined : seen.get(id);
    if (id !== undefined && !first) seen.set(id, cell);
    return first ? [{ rule: 'unique id', message: `the cell of line ${first.line} has the same grade_id`, ...at(cell, index, file) }] : [];
  });
}

/** Each question has an answer cell of its name, and after it a check cell with its points. */
function pairProblems(cells: readonly Cell[], lab: Lab, file: string): Problem[] {
  return lab.questions.flatMap(({ id, points }): Problem[] => {
    const answer = cells.findIndex(cell => markOf(cell)?.grade_id === id);
    if (answer < 0 || roleOf(cells[answer] as Cell) !== 'answer') {
      return [{ rule: 'answer cell', file, cell: id, message: 'the question has no answer cell with its id as grade_id' }];
    }
    const index = cells.findIndex(cell => markOf(cell)?.grade_id === `${id}-check`);
    const check = cells[index];
    if (!check || roleOf(check) !== 'check') {
      return [{ rule: 'check cell', file, cell: id, message: `the question has no check cell with grade_id ${id}-check` }];
    }
    const place = at(check, index, file);
    const given = markOf(check)?.points;
    return [
      ...(given === points
        ? []
        : [{ rule: 'points', message: `the cell has ${given} points, the question in checks.ts ${points}`, ...place }]),
      ...(index > answer ? [] : [{ rule: 'check cell', message: 'the check stands before the answer', ...place }]),
      ...(check.source === `await check('${id}');`
        ? []
        : [{ rule: 'check cell', message: `its source should be: await check('${id}');`, ...place }]),
    ];
  });
}

function strayChecks(cells: readonly Cell[], lab: Lab, file: string): Problem[] {
  const known = new Set(lab.questions.map(question => `${question.id}-check`));
  return cells.flatMap((cell, index) => {
    const stray = roleOf(cell) === 'check' && !known.has(markOf(cell)?.grade_id ?? '');
    return stray ? [{ rule: 'check cell', message: 'points for a question that checks.ts does not have', ...at(cell, index, file) }] : [];
  });
}
