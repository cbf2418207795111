import type { Lab } from 'tinylab';
import type { Problem } from '../base/problem.ts';
import { type Cell, cellName, markOf, roleOf } from './cells.ts';

/** Numbers as a text spells them, from 0. */
export const numbers: readonly string[] =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );
/** A line that states the questions and points of a whole lab. */
export const statedTotal =
  /\b(?:(\w+) questions?, )?(\d+(?:\.\d+)?) points (?:in all|together)|\b(\w+) questions?, (\d+(?:\.\d+)?) points\b/i;
/** A heading that states points. */
export const statedHeading = /^#{1,6} .*\((\d+(?:\.\d+)?) points?\)/;

/** Problems of points that the text states: a heading `## 5 · MACs (15 points)` above its question, and `Ten questions, 100 points`. */
export function statedPointProblems(cells: readonly Cell[], lab: Lab, file: string): Problem[] {
  const worth = new Map(lab.questions.map(({ id, points }) => [`${id}-check`, points]));
  for (const cell of cells) if (roleOf(cell) === 'manual') worth.set(markOf(cell)?.grade_id ?? '', markOf(cell)?.points ?? 0);
  return [...headingProblems(cells, worth, file), ...totalProblems(cells, [...worth.values()], file)];
}

/** A line of a text cell that states something, as the place that an author mends. */
interface Stated {
  readonly points: number;
  readonly place: { readonly file: string; readonly cell: string; readonly line?: number };
}

/** Each heading with points speaks of the questions up to the next one. */
function headingProblems(cells: readonly Cell[], worth: ReadonlyMap<string, number>, file: string): Problem[] {
  const problems: Problem[] = [];
  let stated: Stated | undefined;
  let sum = 0;
  const close = (): void => {
    if (stated && stated.points !== sum)
      problems.push({ rule: 'points', ...stated.place, message: `the heading says ${stated.points} points, its questions have ${sum}` });
    sum = 0;
  };
  for (const [index, cell] of cells.entries()) {
    for (const [i, line] of cell.type === 'markdown' ? cell.source.split('\n').entries() : []) {
      const points = statedHeading.exec(line)?.[1];
      if (points === undefined) continue;
      close();
      stated = { points: Number(points), place: placeOf(cell, index, { line: i, file }) };
    }
    sum += worth.get(markOf(cell)?.grade_id ?? '') ?? 0;
  }
  close();
  return problems;
}

function totalProblems(cells: readonly Cell[], points: readonly number[], file: string): Problem[] {
  const sum = points.reduce((all, one) => all + one, 0);
  return cells.flatMap((cell, index) =>
    (cell.type === 'markdown' ? cell.source.split('\n') : []).flatMap((line, i): Problem[] => {
      const found = statedTotal.exec(line);
      if (!found) return [];
      const count = countOf(found[1] ?? found[3]);
      const place = { rule: 'points', ...placeOf(cell, index, { line: i, file }) };
      const said = Number(found[2] ?? found[4]);
      return [
        ...(said === sum ? [] : [{ ...place, message: `the text says ${said} points, the questions have ${sum}` }]),
        ...(count === undefined || count === points.length
          ? []
          : [{ ...place, message: `the text says ${count} questions, there are ${points.length}` }]),
      ];
    }),
  );
}

function countOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const spelled = numbers.indexOf(word.toLowerCase());
  if (spelled >= 0) return spelled;
  return /^\d+$/.test(word) ? Number(word) : undefined;
}

const placeOf = (cell: Cell, index: number, { line, file }: { line: number; file: string }) => ({
  file,
  cell: cellName(cell, index),
  ...(cell.line !== undefined && { line: cell.line + line }),
});
