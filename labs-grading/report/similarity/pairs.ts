import { type FileEntry, FingerprintIndex, type TokenizedFile } from '@dodona/dolos-core';
import type { Answers } from './answers.ts';
import { type Document, documentOf, type Fragment, fragmentsOf } from './fragments.ts';

export interface Pair {
  readonly left: string;
  readonly right: string;
  /** Share of the smaller side that the other has too, 0–1, without what the lab gave and what many have. */
  readonly share: number;
  /** Fingerprints that both have. */
  readonly shared: number;
  /** The passages, for the pairs with most in common; absent where there is too much of it to look them up. */
  readonly fragments?: readonly Fragment[];
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

/** A fingerprint that one document has more often than this is a repetition. */
const mostRepeats = 12;

/** Passages are looked up for this many pairs, and while what they share is no more than this together: that takes seconds. */
const described = { pairs: 200, shared: 40_000 } as const;

/** Pairs of students whose answers share more than `threshold`, those with most in common first. */
export function similarPairs(stub: Answers, answers: readonly Answers[], { threshold, common }: PairOptions): Pair[] {
  const index = new FingerprintIndex(runLength, windowLength, false, common);
  index.addIgnoredFile(documentOf(stub).file);
  const documents = answers.map(documentOf);
  index.addFiles(documents.map(({ file }) => file));
  index.addIgnoredHashes(repetitive(index));
  const byFile = new Map(documents.map(document => [document.file.id, document]));
  const entries = new Map(index.entries().map(entry => [entry.file.id, entry]));
  const sizes = new Map([...entries].map(([id, entry]) => [id, ownFingerprints(entry)]));
  const pairs: (Pair & Pick<Together, 'files'>)[] = [];
  for (const { files, covered } of together(index)) {
    const share = Math.max(...files.map(({ id }, i) => (covered[i] as number) / (sizes.get(id) as number)));
    const shared = Math.min(...covered);
    if (share >= threshold && shared >= leastShared) pairs.push({ left: files[0].path, right: files[1].path, share, shared, files });
  }
  const name = ({ left, right }: Pair): string => JSON.stringify([left, right]);
  pairs.sort((a, b) => b.shared - a.shared || b.share - a.share || (name(a) < name(b) ? -1 : 1));
  let looked = 0;
  return pairs.map(({ files, ...pair }, i) => {
    if (i >= described.pairs || looked + pair.shared > described.shared) return pair;
    looked += pair.shared;
    const [left, right] = files.map(({ id }) => byFile.get(id)) as [Document, Document];
    return { ...pair, fragments: fragmentsOf(index, left, right) };
  });
}

/** Occurrences of fingerprints that neither the lab gave nor many have. */
const ownFingerprints = ({ file, shared }: FileEntry): number =>
  [...shared].reduce((sum, fingerprint) => sum + fingerprint.occurrencesOf(file).length, 0);

/** What a document repeats without end, such as a table of numbers, says nothing and would be compared with itself again and again. */
const repetitive = (index: FingerprintIndex): number[] =>
  index
    .sharedFingerprints()
    .filter(fingerprint => fingerprint.files().some(file => fingerprint.occurrencesOf(file).length > mostRepeats))
    .map(({ hash }) => hash);

interface Together {
  readonly files: readonly [TokenizedFile, TokenizedFile];
  /** Occurrences, in either file, of fingerprints that both have. */
  readonly covered: [number, number];
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
        const pair = found.get(key) ?? { files: [left, right], covered: [0, 0] };
        pair.covered[0] += fingerprint.occurrencesOf(left).length;
        pair.covered[1] += fingerprint.occurrencesOf(right).length;
        found.set(key, pair);
      }
    }
  }
  return found.values();
}
