import { File, type FileEntry, FingerprintIndex, Region, TokenizedFile } from '@dodona/dolos-core';
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

export interface Pair {
  readonly left: string;
  readonly right: string;
  /** Share of the smaller side that the other has too, 0–1, without what the lab gave and what many have. */
  readonly share: number;
  /** Fingerprints that both have. */
  readonly shared: number;
  /** Tokens of the longest passage that both have. */
  readonly longest: number;
  readonly fragments: readonly Fragment[];
}

export interface PairOptions {
  /** Least share, 0–1, of a pair that is told. */
  readonly threshold: number;
  /** A fingerprint that more students than this have is how one answers, and says nothing. */
  readonly common: number;
}

/**
 * Winnowing (Schleimer, Wilkerson and Aiken 2003): runs of 12 tokens are hashed, one in each window of 5 is kept, so that any passage of 16
 * tokens that two answers share is found.
 */
const runLength = 12;
const windowLength = 5;

/** Fewer fingerprints in common than this happen by themselves in short answers. */
const leastShared = 10;

/** One document per student: cells below each other, with the row that each begins at. */
interface Document {
  readonly file: TokenizedFile;
  readonly cells: readonly { readonly id: string; readonly row: number }[];
}

function documentOf({ student, cells }: Answers): Document {
  const tokens: string[] = [];
  const places: Region[] = [];
  const rows: { id: string; row: number }[] = [];
  let row = 0;
  for (const { id, source } of cells) {
    rows.push({ id, row });
    for (const token of codeTokens(source)) {
      tokens.push(token.kind);
      // A token that goes over several lines stands, as far as places matter, on its first.
      places.push(new Region(row + token.row, token.from, row + token.row, token.to));
    }
    row += source.split(lineEnd).length;
  }
  return { file: new TokenizedFile(new File(student, ''), tokens, places), cells: rows };
}

/** Pairs of students whose answers share more than `threshold`, those with most in common first. */
export function similarPairs(stub: Answers, answers: readonly Answers[], { threshold, common }: PairOptions): Pair[] {
  const index = new FingerprintIndex(runLength, windowLength, false, common);
  index.addIgnoredFile(documentOf(stub).file);
  const documents = answers.map(documentOf);
  index.addFiles(documents.map(({ file }) => file));
  const byFile = new Map(documents.map(document => [document.file.id, document]));
  const entries = new Map(index.entries().map(entry => [entry.file.id, entry]));
  const sizes = new Map([...entries].map(([id, entry]) => [id, ownFingerprints(entry)]));
  const pairs: Pair[] = [];
  for (const { left, right, leftCovered, rightCovered } of together(index)) {
    const share = Math.max(leftCovered / (sizes.get(left.id) as number), rightCovered / (sizes.get(right.id) as number));
    const shared = Math.min(leftCovered, rightCovered);
    if (share < threshold || shared < leastShared) continue;
    const [a, b] = [byFile.get(left.id) as Document, byFile.get(right.id) as Document];
    const fragments = fragmentsOf(index, a, b);
    const longest = Math.max(0, ...fragments.map(({ tokens }) => tokens));
    pairs.push({ left: left.path, right: right.path, share, shared, longest, fragments });
  }
  const name = ({ left, right }: Pair): string => JSON.stringify([left, right]);
  return pairs.sort((a, b) => b.shared - a.shared || b.share - a.share || (name(a) < name(b) ? -1 : 1));
}

/** Occurrences of fingerprints that neither the lab gave nor many have. */
const ownFingerprints = ({ file, shared }: FileEntry): number =>
  [...shared].reduce((sum, fingerprint) => sum + fingerprint.occurrencesOf(file).length, 0);

interface Together {
  readonly left: TokenizedFile;
  readonly right: TokenizedFile;
  leftCovered: number;
  rightCovered: number;
}

/** What any two files have in common, found from the fingerprints: most pairs of a class have nothing and are never looked at. */
function together(index: FingerprintIndex): Iterable<Together> {
  const found = new Map<string, Together>();
  for (const fingerprint of index.sharedFingerprints()) {
    if (fingerprint.ignored) continue;
    const files = fingerprint.files().sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const [i, left] of files.entries()) {
      for (const right of files.slice(i + 1)) {
        const key = `${left.id}|${right.id}`;
        const pair = found.get(key) ?? { left, right, leftCovered: 0, rightCovered: 0 };
        pair.leftCovered += fingerprint.occurrencesOf(left).length;
        pair.rightCovered += fingerprint.occurrencesOf(right).length;
        found.set(key, pair);
      }
    }
  }
  return found.values();
}

function fragmentsOf(index: FingerprintIndex, left: Document, right: Document): Fragment[] {
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
