import { type Cell, cellName } from './cells.ts';
import type { Problem } from './problem.ts';
import { regionsOf } from './regions.ts';

/** A text that students get. */
export interface Shipped {
  readonly file: string;
  readonly text: string;
}

/** What must not be in it: a line, and where it comes from. */
interface Secret {
  readonly line: string;
  readonly cell: string;
}

/** Shorter lines say too little to give anything away: `return x;`, `}`. */
const shortest = 16;

const squeeze = (line: string): string => line.replace(/\s+/g, ' ').trim();

/** Lines of the solutions that give something away: long enough, and not shown to students outside of the solutions. */
export function solutionLines(cells: readonly Cell[]): Secret[] {
  const open = new Set<string>();
  const secret: Secret[] = [];
  for (const [index, cell] of cells.entries()) {
    const { regions } = regionsOf(cell.source);
    for (const [i, raw] of cell.source.split('\n').entries()) {
      const line = squeeze(raw);
      const inside = regions.some(({ first, last }) => i >= first && i <= last);
      if (!inside) open.add(line);
      else if (line.length >= shortest && !line.startsWith('// ###')) secret.push({ line, cell: cellName(cell, index) });
    }
  }
  return secret.filter(({ line }) => !open.has(line));
}

/** A number of two digits or a text: without one, a line of the hidden cases is mere vocabulary. */
const datum = /\d[\d.]|['"`][^'"`]{3,}/;

const outsidePath = /(?:^|[\s"'`(=])(\/(?:home|root|Users|tmp|work|mnt)\/[^\s"'`)]*)/;

/** Problems of what ships: solution lines, lines of the hidden cases, absolute paths, outputs. */
export function leakProblems(shipped: readonly Shipped[], cells: readonly Cell[], hidden = ''): Problem[] {
  const secrets = new Map(solutionLines(cells).map(({ line, cell }) => [line, `a line of the solution of ${cell}`]));
  for (const raw of hidden.split('\n')) {
    const line = squeeze(raw);
    if (line.length >= shortest && datum.test(line) && !/^(import|export|\/\/)/.test(line)) secrets.set(line, 'a line of the hidden cases');
  }
  return shipped.flatMap(({ file, text }) =>
    linesOf({ file, text }).flatMap(({ line, number }): Problem[] => {
      const found = secrets.get(squeeze(line));
      const path = outsidePath.exec(line)?.[1];
      return [
        ...(found ? [{ rule: 'leak', file, line: number, message: `${found} ships to students: ${squeeze(line)}` }] : []),
        ...(path ? [{ rule: 'absolute path', file, line: number, message: `a path of one machine: ${path}` }] : []),
      ];
    }),
  );
}

/** Lines with their numbers; of a notebook, the lines of its cells' sources. */
function linesOf({ file, text }: Shipped): { line: string; number: number }[] {
  const lines = text.split('\n').map((line, i) => ({ line, number: i + 1 }));
  if (!file.endsWith('.ipynb')) return lines;
  return lines.map(({ line, number }) => ({ line: unquoted(line), number }));
}

/** In a notebook each source line is a JSON string on a line of its own. */
function unquoted(line: string): string {
  try {
    const value: unknown = JSON.parse(line.trim().replace(/,$/, ''));
    return typeof value === 'string' ? value : line;
  } catch {
    return line;
  }
}

/** Problems of a notebook that should be clean: outputs, attachments, execution counts. */
export function residueProblems(text: string, file: string): Problem[] {
  const { cells } = JSON.parse(text) as { cells: { outputs?: unknown[]; attachments?: object; execution_count?: unknown; id?: string }[] };
  return cells.flatMap(({ outputs, attachments, execution_count: count, id }, index): Problem[] => {
    const cell = id ?? String(index + 1);
    const left = [outputs?.length ? 'an output' : '', attachments ? 'an attachment' : '', count ? 'an execution count' : ''].filter(
      Boolean,
    );
    return left.map(what => ({ rule: 'clean', file, cell, message: `${what} is left in the cell` }));
  });
}
