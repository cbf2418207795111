import type { Anomaly, HandInState } from '../base/anomaly.ts';
import { maximumNotebookBytes, Refused } from './intake.ts';
import type { SourceFile } from './source.ts';

/** What reading a notebook finds, before anything of it runs. */
export interface Reading {
  /** Why nothing of it can be asked. */
  readonly handIn?: HandInState;
  readonly anomalies: readonly Anomaly[];
  /** How many answers somebody has written. */
  readonly written: number;
}

interface Choosing {
  readonly read?: ((notebook: Buffer) => Reading) | undefined;
  readonly note: (anomaly: Anomaly) => void;
}

/** Notebooks of one hand-in that are read to choose among them. */
const mostRead = 8;

const depth = ({ path }: SourceFile): number => path.split('/').length;

/**
 * The notebook that is meant: the one with the lab's name that lies highest, or the only one there is. Where another one lies beside it, the one
 * with answers is: students go on in a copy (`LAB-final.ipynb`) and leave the first as it was. What was chosen is told.
 */
export async function chooseNotebook(files: readonly SourceFile[], lab: string, choosing: Choosing): Promise<SourceFile | undefined> {
  const all = files.filter(({ path }) => path.endsWith('.ipynb')).sort((a, b) => depth(a) - depth(b));
  const isNamed = ({ path }: SourceFile): boolean => path === `${lab}.ipynb` || path.endsWith(`/${lab}.ipynb`);
  const named = all.filter(isNamed);
  const highest = named.filter(file => depth(file) === depth(named[0] as SourceFile));
  const first = highest.length === 1 ? highest[0] : undefined;
  const beside = all.filter(file => file !== first && (!first || folderOf(file) === folderOf(first)));
  const { note } = choosing;
  if (beside.length === 0 && first) return first;
  const [only] = all;
  if (all.length === 1 && only) {
    note({ kind: 'changed', about: only.path, detail: `the only notebook there is, taken as ${lab}.ipynb` });
    return only;
  }
  const written = await answersIn([...(first ? [first] : []), ...beside].slice(0, mostRead), choosing);
  const most = Math.max(0, ...written.values());
  const own = first ? (written.get(first) ?? 0) : 0;
  const best = [...written].filter(([, count]) => count === most).map(([file]) => file);
  if (first && (own > 0 || most === 0 || best.length > 1)) {
    if (most > own)
      note({
        kind: 'duplicated',
        about: first.path,
        detail: `${own} answers; ${pathsOf(best)} beside it has ${most}; ${lab}.ipynb counts`,
      });
    return first;
  }
  if (best.length === 1 && best[0] && most > 0) {
    const why = first ? `it has ${most} answers, and ${first.path} beside it none` : `the one with most answers of ${all.length} notebooks`;
    note({ kind: 'changed', about: best[0].path, detail: `taken as ${lab}.ipynb: ${why}` });
    return best[0];
  }
  note(files.length === 0 ? { kind: 'missing', about: `${lab}.ipynb`, detail: 'nothing was handed in' } : unclear(all, named, lab));
  return undefined;
}

function unclear(all: readonly SourceFile[], named: readonly SourceFile[], lab: string): Anomaly {
  const about = `${lab}.ipynb`;
  if (named.length > 0) return { kind: 'duplicated', about, detail: `it is there ${named.length} times: ${pathsOf(named)}` };
  const detail = all.length === 0 ? 'no notebook was handed in' : `none of ${all.length} notebooks has the lab’s name`;
  return { kind: 'missing', about, detail };
}

const folderOf = ({ path }: SourceFile): string => path.slice(0, path.lastIndexOf('/') + 1);
const pathsOf = (files: readonly SourceFile[]): string =>
  files
    .slice(0, 5)
    .map(({ path }) => path)
    .join(', ');

/** How many answers each of the notebooks has; what cannot be read has none. */
async function answersIn(files: readonly SourceFile[], { read }: Choosing): Promise<Map<SourceFile, number>> {
  const counts = new Map<SourceFile, number>();
  for (const file of read ? files : []) {
    try {
      counts.set(file, read?.(await file.read(maximumNotebookBytes)).written ?? 0);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return counts;
}
