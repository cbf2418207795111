import { File, type FingerprintIndex, Region, TokenizedFile } from '@dodona/dolos-core';
import type { Answers } from './answers.ts';
import { codeTokens, lineEnd } from './tokens.ts';

/** Lines of a cell, from 1, both ends included. */
export interface Place {
  readonly cell: string;
  readonly from: number;
  readonly to: number;
}

/** Two passages that are the same but for names, literals, comments and formatting. */
export interface Fragment {
  readonly tokens: number;
  readonly left: Place;
  readonly right: Place;
}

/** One document per student: cells below each other, with the row that each begins at. */
export interface Document {
  readonly file: TokenizedFile;
  readonly cells: readonly { readonly id: string; readonly row: number }[];
}

/**
 * Tokens of one student that are compared: several times what the longest lab asks for. Looking up passages takes time that grows with the
 * square of what two share: half a second a pair at so many, ten at four times as many.
 */
export const mostTokens = 30_000;

/** How many tokens of a student's answers there are, where they are more than are compared; else 0. */
export function tokensBeyond({ cells }: Answers): number {
  const characters = cells.reduce((sum, { source }) => sum + source.length, 0);
  if (characters <= mostTokens) return 0;
  const count = cells.reduce((sum, { source }) => sum + codeTokens(source).length, 0);
  return count > mostTokens ? count : 0;
}

/** The answers of one student as one document, at most `mostTokens` of them. */
export function documentOf({ student, cells }: Answers): Document {
  const tokens: string[] = [];
  const places: Region[] = [];
  const rows: { id: string; row: number }[] = [];
  let row = 0;
  for (const { id, source } of cells) {
    rows.push({ id, row });
    for (const token of codeTokens(source).slice(0, mostTokens - tokens.length)) {
      tokens.push(token.kind);
      // A token that goes over several lines stands, as far as places matter, on its first.
      places.push(new Region(row + token.row, token.from, row + token.row, token.to));
    }
    row += source.split(lineEnd).length;
  }
  return { file: new TokenizedFile(new File(student, ''), tokens, places), cells: rows };
}

/** The passages that two documents share. */
export function fragmentsOf(index: FingerprintIndex, left: Document, right: Document): Fragment[] {
  const found = index.getPair(left.file, right.file).buildFragments();
  return found.map(({ pairs, leftSelection, rightSelection }) => {
    const tokens = Math.max(...pairs.map(({ left: { stop } }) => stop)) - Math.min(...pairs.map(({ left: { start } }) => start)) + 1;
    return { tokens, left: placeOf(left, leftSelection), right: placeOf(right, rightSelection) };
  });
}

/** The lines of a region in the cell where it begins; a passage that goes on into the next cell ends with the first. */
function placeOf({ cells }: Document, { startRow, endRow }: Region): Place {
  const i = cells.findLastIndex(({ row }) => row <= startRow);
  const [cell, next] = [cells[i] ?? { id: '', row: 0 }, cells[i + 1]];
  const last = Math.min(endRow, next ? next.row - 1 : endRow);
  return { cell: cell.id, from: startRow - cell.row + 1, to: last - cell.row + 1 };
}
