import type { Problem } from '../base/problem.ts';
import { type Cell, cellName, roleOf } from './cells.ts';

/** What begins and ends a solution, anywhere in a line. */
export const begin = '### BEGIN SOLUTION';
export const end = '### END SOLUTION';

/** Lines of a cell that hold the solution: from the BEGIN marker to the END marker, both included, counted from 0. */
export interface Region {
  readonly first: number;
  readonly last: number;
  /** Blanks before the BEGIN marker; the stub gets the same. */
  readonly indentation: string;
}

/** The solution regions of a source. `wrong` tells what is not well-formed, with the line from 0. */
export function regionsOf(source: string): { regions: Region[]; wrong?: { line: number; message: string } } {
  const regions: Region[] = [];
  let open: { first: number; indentation: string } | undefined;
  for (const [i, line] of source.split('\n').entries()) {
    if (line.includes(begin)) {
      if (open) return { regions, wrong: { line: i, message: `a solution begins inside the one of line ${open.first + 1} of the cell` } };
      open = { first: i, indentation: /^\s*/.exec(line)?.[0] ?? '' };
    } else if (line.includes(end)) {
      if (!open) return { regions, wrong: { line: i, message: 'a solution ends that never began' } };
      regions.push({ ...open, last: i });
      open = undefined;
    } else if (line.includes('### BEGIN') || line.includes('### END')) {
      return { regions, wrong: { line: i, message: `unknown marker ${JSON.stringify(line.trim())}; checks live in checks.ts` } };
    }
  }
  if (open) return { regions, wrong: { line: open.first, message: 'a solution begins and never ends' } };
  return { regions };
}

/** An answer as it runs, without the markers of its solution. */
export const withoutMarkers = (source: string): string => source.replace(/^ *\/\/ ### (BEGIN|END) SOLUTION\n?/gm, '');

/** Problems of the regions of a lab: unclosed, nested, or in a cell that is no answer. */
export function regionProblems(cells: readonly Cell[], file: string): Problem[] {
  return cells.flatMap((cell, index): Problem[] => {
    const { regions, wrong } = regionsOf(cell.source);
    const at = (line: number) => ({ rule: 'region', file, cell: cellName(cell, index), line: (cell.line ?? 1) + line });
    if (wrong) return [{ ...at(wrong.line), message: wrong.message }];
    const role = roleOf(cell);
    const [first] = regions;
    if (first && role !== 'answer' && role !== 'manual')
      return [{ ...at(first.first), message: 'a solution in a cell that is no answer cell' }];
    return [];
  });
}
