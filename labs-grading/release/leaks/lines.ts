import type { Secrets } from './secrets.ts';

/** Shorter lines say too little to give anything away: `return x;`, `}`. */
const shortest = 16;

/** A number of two digits or a text: without one, a line of the hidden cases is mere vocabulary. */
export const isDatum = (text: string): boolean => /\d[\d.]|['"`][^'"`]{3,}/.test(text);

/** An option with a plain value, `learningRate: 0.1,`: what to set is told to students, how to work it out is theirs. */
const option = /^\w+: [^()=>+*/]*,$/;

export const squeeze = (line: string): string => line.replace(/\s+/g, ' ').trim();

/** Lines that give something away, each with what it is of. */
export type SecretLines = ReadonlyMap<string, string>;

/**
 * Lines of the solutions that are long enough, do not stand around them in the cells that students fill in, and are nobody's vocabulary: `common`
 * says which lines any program has.
 */
export function solutionLines({ solutions, stubs }: Secrets, common: (line: string) => boolean): SecretLines {
  const around = squeeze(stubs);
  return linesOf(solutions, line => !around.includes(line) && !common(line) && !option.test(line));
}

/** Lines of what graders keep, with a datum in them, that students do not see anyway. */
export function hiddenLines({ hidden, open }: Secrets): SecretLines {
  const shown = new Set(open.split('\n').map(squeeze));
  return linesOf(hidden, (line, of) => !shown.has(line) && (of === 'the rubric' || (isDatum(line) && !/^(import|export|\/\/)/.test(line))));
}

function linesOf(secrets: Secrets['hidden'], tells: (line: string, of: string) => boolean): SecretLines {
  const lines = new Map<string, string>();
  for (const { text, of } of secrets)
    for (const line of text.split('\n').map(squeeze)) if (line.length >= shortest && tells(line, of)) lines.set(line, `a line of ${of}`);
  return lines;
}
