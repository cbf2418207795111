/** A word of a program, and the line it stands on, from 1. */
export interface Token {
  readonly text: string;
  readonly line: number;
}

const word = /[\p{L}_$][\p{L}\p{N}_$]*|\d[\w.]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|=>|[^\s]/gu;

/**
 * The words of a program, as they stay when someone formats it: no blanks, no comment marks, no semicolons, no comma before a closing
 * bracket, one kind of quote.
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    for (const [found] of line.replace(/^\s*(\/\/|\/?\*+\/?)|\*\/\s*$/g, '').matchAll(word)) {
      if (found === ';') continue;
      if (/^[)\]}]$/.test(found) && tokens.at(-1)?.text === ',') tokens.pop();
      tokens.push({ text: found.startsWith("'") ? `"${found.slice(1, -1)}"` : found, line: i + 1 });
    }
  }
  return tokens;
}

/** A program's words with a blank between any two. */
export const wordsOf = (text: string): string =>
  tokensOf(text)
    .map(token => token.text)
    .join(' ');

/** Fewer words in a row are common phrases: `.reduce((sum, x) => sum + x, 0)` has fifteen. */
export const phraseLength = 20;

/** Runs of words that must not be found, each with what it is of. */
export class Phrases {
  readonly #byStart = new Map<string, { words: readonly string[]; of: string }[]>();
  readonly #open = new Set<string>();

  /** Everyone may see the phrases of this text. */
  allow(text: string): void {
    for (const words of phrasesOf(text)) this.#open.add(words.join(' '));
  }

  /** Nobody may see the phrases of this text that tell something. */
  forbid(text: string, of: string, tells: (word: string) => boolean): void {
    for (const words of phrasesOf(text)) {
      if (this.#open.has(words.join(' ')) || !words.some(tells)) continue;
      const start = startOf(words, 0);
      const same = this.#byStart.get(start);
      if (same) same.push({ words, of });
      else this.#byStart.set(start, [{ words, of }]);
    }
  }

  /** The first phrase of each forbidden text that this one holds. */
  find(text: string): { line: number; of: string; phrase: string }[] {
    if (this.#byStart.size === 0) return [];
    const tokens = tokensOf(text);
    const words = tokens.map(token => token.text);
    const found = new Map<string, { line: number; of: string; phrase: string }>();
    for (let i = 0; i + phraseLength <= words.length; i += 1) {
      for (const { words: wanted, of } of this.#byStart.get(startOf(words, i)) ?? []) {
        if (found.has(of) || wanted.some((one, j) => one !== words[i + j])) continue;
        found.set(of, { line: tokens[i]?.line ?? 1, of, phrase: wanted.join(' ') });
      }
    }
    return [...found.values()];
  }
}

const startOf = (words: readonly string[], i: number): string => `${words[i]} ${words[i + 1]} ${words[i + 2]} ${words[i + 3]}`;

function phrasesOf(text: string): string[][] {
  const words = tokensOf(text).map(token => token.text);
  return words.slice(0, Math.max(0, words.length - phraseLength + 1)).map((_, i) => words.slice(i, i + phraseLength));
}
