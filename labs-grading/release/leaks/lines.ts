import type { Secrets } from './secrets.ts';

/** Shorter lines say too little to give anything away: `return x;`, `}`. */
const shortest = 16;

/** A number of two digits or a text: without one, a line of the hidden cases is mere vocabulary. */
export const isDatum = (text: string): boolean => /\d[\d.]|['"`][^'"`]{3,}/.test(text);

export const squeeze = (line: string): string => line.replace(/\s+/g, ' ').trim();

/** Lines that give something away, each with what it is of: long enough, and not shown to students anyway. */
export function secretLines({ solutions, hidden, open }: Secrets): Map<string, string> {
  const shown = new Set(open.split('\n').map(squeeze));
  const lines = new Map<string, string>();
  const add = (text: string, of: string, tells: (line: string) => boolean): void => {
    for (const line of text.split('\n').map(squeeze))
      if (line.length >= shortest && !shown.has(line) && tells(line)) lines.set(line, `a line of ${of}`);
  };
  for (const { text, of } of solutions) add(text, of, () => true);
  for (const { text, of } of hidden) add(text, of, line => of === 'the rubric' || (isDatum(line) && !/^(import|export|\/\/)/.test(line)));
  return lines;
}
