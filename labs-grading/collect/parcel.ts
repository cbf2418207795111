import type { Anomaly } from '../base/anomaly.ts';
import { emptyFolder, foldersAbove, type SourceFile } from './source.ts';

/** Whoever a source says that files are from. */
export interface Who {
  /** As the source writes it: a folder's name, or a person's. */
  readonly name: string;
  /** Ids in other systems, under the names that the roster has for them; `id` is our own. */
  readonly ids: Readonly<Record<string, string>>;
}

/** What came from one student, or from a group: one or more hand-ins, not yet told apart. */
export interface Parcel {
  readonly who: readonly Who[];
  /** Paths start at the student's folder. */
  readonly files: readonly SourceFile[];
  /** When it was handed in, where the source says so, and where it says it. */
  readonly time?: { readonly at: string; readonly from: string };
  /** What the source itself says about lateness. */
  readonly late?: boolean;
  /** All files are one hand-in, however many archives they stand in: the source holds one submission a student. */
  readonly single?: boolean;
  /** What the names in the source have that a person should know. */
  readonly anomalies?: readonly Anomaly[];
}

export type Layout = 'folder' | 'zip' | 'canvas' | 'moodle' | 'gradescope' | 'nbgrader';

/** The same file at another path. */
export const at = (file: SourceFile, path: string): SourceFile => ({ ...file, path });

/** Files by the first part of their path, with what follows it; files without a folder have ''. */
export function byFolder(files: readonly SourceFile[]): Map<string, SourceFile[]> {
  const groups = new Map<string, SourceFile[]>();
  for (const file of files) {
    const slash = file.path.indexOf('/');
    const folder = slash < 0 ? '' : file.path.slice(0, slash);
    const group = groups.get(folder) ?? [];
    group.push(at(file, file.path.slice(slash + 1)));
    groups.set(folder, group);
  }
  return groups;
}

/** What operating systems and Jupyter leave lying around: neither kept nor worth a word. */
export function isNoise(path: string): boolean {
  return noise.test(path);
}

const noise = /(^|\/)(__MACOSX|\.ipynb_checkpoints)\/|(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/;

/** Files without noise. A folder that has nothing else is an empty one: whoever it is called after is there all the same. */
export function withoutNoise(files: readonly SourceFile[]): SourceFile[] {
  const kept = files.filter(({ path }) => !isNoise(path));
  const filled = foldersAbove(kept.map(({ path }) => path));
  const bare = new Map<string, SourceFile>();
  for (const { path, modified, modifiedFrom } of files) {
    const at = path.search(noise);
    const folder = path.slice(0, at + 1);
    if (at > 0 && !filled.has(folder)) bare.set(folder, emptyFolder(folder, modified, modifiedFrom));
  }
  return [...kept, ...bare.values()];
}
