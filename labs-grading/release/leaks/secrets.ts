import { existsSync, readFileSync } from 'node:fs';
import { type Cell, cellName, roleOf } from '../cells.ts';
import { clearSolutions } from '../passes/clear-solutions.ts';
import { regionsOf } from '../regions.ts';

/** A text that no student may get, and what it is of. */
export interface Secret {
  readonly text: string;
  readonly of: string;
}

/** What of a lab must stay with the graders, and what students see anyway. */
export interface Secrets {
  readonly solutions: readonly Secret[];
  readonly hidden: readonly Secret[];
  /** What stands around the solutions in the cells that students fill in. */
  readonly stubs: string;
  /** The lab as students get it. */
  readonly open: string;
}

/** The solutions of a lab's cells, and the texts that only graders have. `kept` holds hidden.ts, rubric.json, as far as they exist. */
export function secretsOf(cells: readonly Cell[], kept: readonly string[] = []): Secrets {
  return {
    solutions: cells.flatMap((cell, index) => solutionsIn(cell).map(text => ({ text, of: `the solution of ${cellName(cell, index)}` }))),
    hidden: kept
      .filter(existsSync)
      .map(path => ({ text: hiddenText(path), of: path.endsWith('.json') ? 'the rubric' : 'the hidden cases' })),
    stubs: textOf(clearSolutions(cells.filter(isAnswer))),
    open: textOf(clearSolutions(cells)),
  };
}

const isAnswer = (cell: Cell): boolean => ['answer', 'manual'].includes(roleOf(cell));
const textOf = (cells: readonly Cell[]): string => cells.map(({ source }) => source).join('\n');

/** What stands between a cell's markers; an answer cell without markers is a solution as a whole. */
function solutionsIn(cell: Cell): string[] {
  if (!isAnswer(cell)) return [];
  const lines = cell.source.split('\n');
  const { regions } = regionsOf(cell.source);
  return regions.length > 0 ? regions.map(({ first, last }) => lines.slice(first + 1, last).join('\n')) : [cell.source];
}

/** Of a program, everything but its imports and what opens a part, which hidden cases share with the checks; of JSON, its texts, a line each. */
function hiddenText(path: string): string {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.json'))
    return text.replace(/^(import|export) [^;]*? from '[^']*';$/gm, '').replace(/\bawait q\.part\([^=]*=> \{/g, '');
  const texts: string[] = [];
  JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts.join('\n');
}
