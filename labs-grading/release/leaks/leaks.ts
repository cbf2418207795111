import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Problem } from '../../base/problem.ts';
import { hiddenLines, isDatum, type SecretLines, solutionLines, squeeze } from './lines.ts';
import type { Secrets } from './secrets.ts';
import { Phrases, wordsOf } from './tokens.ts';

/** A file that students get; `from` is the one that an author mends. */
export interface Shipped {
  readonly path: string;
  readonly content: Uint8Array;
  readonly from: string;
}

const outsidePath = /(?:^|[\s"'`(=])(\/(?:home|root|Users|tmp|work|mnt)\/[^\s"'`)<>]*)/;

/** What every lab ships with: it knows the techniques that a lab asks for, and a line of it is anybody's. */
const isShared = ({ path }: Pick<Shipped, 'path'>): boolean => /^(lib|kernels|scripts|datasets)\//.test(path);

/**
 * Looks through everything that ships: lines and phrases of solutions, text and free cells included, and of hidden cases, however they are
 * formatted; paths of one machine; whole files of the graders, packed or not; outputs and attachments in notebooks. What a solution has in
 * common with the library gives nothing away.
 */
export function leakProblems(shipped: readonly Shipped[], secrets: Secrets, keptFolders: readonly string[] = []): Problem[] {
  const shared = shipped.filter(isShared).flatMap(({ content }) => textOf(content) ?? []);
  const common = new Set(shared.flatMap(text => text.split('\n').map(squeeze)));
  const solutions: Known = { lines: solutionLines(secrets, line => common.has(line)), phrases: new Phrases() };
  const hidden: Known = { lines: hiddenLines(secrets), phrases: new Phrases() };
  solutions.phrases.allow(secrets.stubs);
  for (const { text, of } of secrets.solutions) solutions.phrases.forbid(text, of, () => true);
  hidden.phrases.allow(secrets.open);
  for (const { text, of } of secrets.hidden) hidden.phrases.forbid(text, of, isDatum);
  let words: string | undefined;
  // Read only where something looks like a leak: the library is long.
  const sharedWords = (): string => {
    words ??= shared.map(wordsOf).join(' ');
    return words;
  };
  const kept = keptFiles(keptFolders);
  return shipped.flatMap(file => {
    const same = fingerprints(file.content)
      .map(print => kept.get(print))
      .find(Boolean);
    if (same) return [{ rule: 'leak', file: file.from, message: `${same} ships to students, as ${file.path}` }];
    const text = textOf(file.content);
    if (text === undefined) return [];
    const known = isShared(file) ? [hidden] : [solutions, hidden];
    return [
      ...textProblems(file, text, { known, anybodys: phrase => sharedWords().includes(phrase) }),
      ...(file.path.endsWith('.ipynb') ? residueProblems(text, file.from) : []),
    ];
  });
}

/** What must not be found. */
interface Known {
  readonly lines: SecretLines;
  readonly phrases: Phrases;
}

/** A line that must not ship, and what it is of: the whole line, or what a text says of it. */
function leakIn(line: string, known: readonly Known[], prose: boolean): readonly [line: string, of: string] | undefined {
  for (const { lines } of known) {
    const of = lines.get(line);
    if (of !== undefined) return [line, of];
    const part = prose ? [...lines].find(([secret]) => line.includes(secret)) : undefined;
    if (part) return part;
  }
  return undefined;
}

function textProblems(
  file: Shipped,
  text: string,
  { known, anybodys }: { readonly known: readonly Known[]; readonly anybodys: (phrase: string) => boolean },
): Problem[] {
  const prose = /\.(ipynb|md|txt)$/.test(file.path);
  const plain = file.path.endsWith('.ipynb') ? unquoted(text) : text;
  const told = new Set<string>();
  const problems = plain.split('\n').flatMap((line, i): Problem[] => {
    const found = leakIn(squeeze(line), known, prose);
    const path = outsidePath.exec(line)?.[1];
    if (found) told.add(found[1].replace(/^a line of /, ''));
    const at = { file: file.from, line: i + 1 };
    return [
      ...(found ? [{ rule: 'leak', ...at, message: `${found[1]} ships to students: ${found[0]}` }] : []),
      ...(path ? [{ rule: 'absolute path', ...at, message: `a path of one machine: ${path}` }] : []),
    ];
  });
  for (const { line, of, phrase } of known.flatMap(({ phrases }) => phrases.find(plain)))
    if (!told.has(of) && !anybodys(phrase))
      problems.push({ rule: 'leak', file: file.from, line, message: `a phrase of ${of} ships to students: ${phrase}` });
  return problems;
}

/** UTF-8 text, or nothing for anything else. */
function textOf(content: Uint8Array): string | undefined {
  if (content.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** Notebook text with its source lines as they were: each is a JSON string on a line of its own, so that lines keep their numbers. */
function unquoted(text: string): string {
  return text
    .split('\n')
    .map(line => {
      try {
        const value: unknown = JSON.parse(line.trim().replace(/,$/, ''));
        return typeof value === 'string' ? value.replace(/\n/g, '') : line;
      } catch {
        return line;
      }
    })
    .join('\n');
}

const digest = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Hashes of a file as it is and of what it packs. */
function fingerprints(content: Uint8Array): string[] {
  const packed = content[0] === 0x1f && content[1] === 0x8b;
  return packed ? [digest(content), digest(gunzipSync(content))] : [digest(content)];
}

/** The files below folders that only graders have, by every hash of them. */
function keptFiles(folders: readonly string[]): Map<string, string> {
  const files = folders.filter(existsSync).flatMap(folder =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && !/README|LICENSE/.test(entry.name))
      .map(entry => join(entry.parentPath, entry.name)),
  );
  return new Map(
    files.flatMap(path => fingerprints(readFileSync(path)).map(print => [print, path.replace(/^.*labs-grading\//, 'labs-grading/')])),
  );
}

/** Problems of a notebook that should be clean: outputs, attachments, execution counts. */
export function residueProblems(text: string, file: string): Problem[] {
  const { cells } = JSON.parse(text) as { cells: { outputs?: unknown[]; attachments?: object; execution_count?: unknown; id?: string }[] };
  const lines = text.split('\n');
  return cells.flatMap(({ outputs, attachments, execution_count: count, id }, index): Problem[] => {
    const cell = id ?? String(index + 1);
    const at = lines.findIndex(line => line.includes(`"id": ${JSON.stringify(id)}`));
    const left = [outputs?.length ? 'an output' : '', attachments ? 'an attachment' : '', count ? 'an execution count' : ''].filter(
      Boolean,
    );
    return left.map(what => ({ rule: 'clean', file, cell, ...(at >= 0 && { line: at + 1 }), message: `${what} is left in the cell` }));
  });
}
