import type { Anomaly } from '../../base/anomaly.ts';
import { at, type Parcel } from '../parcel.ts';
import type { SourceFile } from '../source.ts';

/** `lastfirst_LATE_userid_submissionid_file`, all in one folder; `LATE_` only where it was. */
const name = /^(.+?)_(LATE_)?(\d+)_(\d+)_([^/]+)$/;

export const isCanvas = (path: string): boolean => name.test(path) && !path.includes('/') && !path.includes('assignsubmission');

/**
 * Canvas's bulk download. It flattens folders, and gives each file of its own a `-1`, `-2` before its ending when a file of that name was
 * uploaded before: the numbers of one submission's files have nothing to do with each other. `delivers` are the lab's names for what is
 * delivered, since one may end with a number itself. The archive's times are of the download, so `LATE` is all that it says about lateness.
 */
export function canvasParcels(files: readonly SourceFile[], delivers: readonly string[]): Parcel[] {
  const students = new Map<string, { person: string; user: string; late: boolean; files: SourceFile[] }>();
  for (const file of files) {
    const match = name.exec(file.path);
    if (!match) continue;
    const [, person = '', late, user = '', , rest = ''] = match;
    // A person may choose a name that reads like somebody else's number: two names under one number are two hand-ins.
    const key = `${person}_${user}`;
    const student = students.get(key) ?? { person, user, late: false, files: [] };
    student.late ||= late !== undefined;
    student.files.push(at(file, rest));
    students.set(key, student);
  }
  return [...students.values()].map(({ person, user, late, files: own }) => {
    const { files: named, anomalies } = withoutNumbers(own, delivers);
    return { who: [{ name: person, ids: { canvas: user } }], files: named, late, single: true, anomalies };
  });
}

const suffix = /^(.*)-(\d{1,2})(\.[A-Za-z0-9]+)$/;

interface Named {
  readonly file: SourceFile;
  readonly path: string;
  readonly number: number;
}

/** The files under the names that they were uploaded with; of several under one name, the one that was uploaded last. */
function withoutNumbers(files: readonly SourceFile[], delivers: readonly string[]): { files: SourceFile[]; anomalies: Anomaly[] } {
  const named = files.map((file): Named => {
    const [, stem = '', number = '', ending = ''] = suffix.exec(file.path) ?? [];
    const own = stem === '' || delivers.includes(file.path.slice(0, -ending.length));
    return own ? { file, path: file.path, number: 0 } : { file, path: `${stem}${ending}`, number: Number(number) };
  });
  const anomalies: Anomaly[] = [];
  const kept = [...Map.groupBy(named, ({ path }) => path)].flatMap(([path, group]) => {
    const [last, ...earlier] = group.toSorted((a, b) => b.number - a.number) as [Named, ...Named[]];
    // Several deliverables with numbers are as many results; of a notebook or a zip, the last upload is meant.
    if (earlier.length > 0 && isResult(path)) return group.map(({ file }) => at(file, inPlace(file.path)));
    for (const { file } of earlier)
      anomalies.push({ kind: 'duplicated', about: file.path, detail: `uploaded before ${last.file.path}, which counts` });
    return [at(last.file, inPlace(path))];
  });
  return { files: kept, anomalies };
}

const isResult = (path: string): boolean => /\.(json|safetensors)$/.test(path) && path !== 'manifest.json';

/** A file that was uploaded beside the notebook, because there is no folder to upload. */
const inPlace = (path: string): string => (isResult(path) ? `deliverables/${path}` : path);
