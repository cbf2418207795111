import { type Cell, roleOf } from '../cells.ts';
import { regionsOf } from '../regions.ts';

/** What stands in place of a code solution. */
export const stub: readonly string[] = ['// YOUR CODE HERE', "throw new Error('Not answered yet.');"];

export const textStub = 'YOUR ANSWER HERE';

/** Replaces each solution region by the stub, indented like its BEGIN marker; an answer without a region is replaced whole. */
export function clearSolutions(cells: readonly Cell[]): Cell[] {
  return cells.map(cell => {
    const role = roleOf(cell);
    if (role !== 'answer' && role !== 'manual') return cell;
    const lines = cell.source.split('\n');
    const { regions } = regionsOf(cell.source);
    const stand = cell.type === 'code' ? stub : [textStub];
    if (regions.length === 0) return { ...cell, source: stand.join('\n') };
    for (const { first, last, indentation } of regions.toReversed()) {
      lines.splice(first, last - first + 1, ...stand.map(line => indentation + line));
    }
    return { ...cell, source: lines.join('\n') };
  });
}
