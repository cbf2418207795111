import type { Anomaly } from '../../base/anomaly.ts';
import { at, type Parcel } from '../parcel.ts';
import type { SourceFile } from '../source.ts';

/** `Full Name_123456_assignsubmission_file_/file`, or without folders `Full Name_123456_assignsubmission_file_file`. The first mark counts. */
const name = /^([^/]*?)_(\d+)_assignsubmission_([a-z]+)_?(?:\/(.*)|([^/]*))$/;
const mark = /_\d+_assignsubmission_[a-z]+/g;

export const isMoodle = (path: string): boolean => name.test(path);

/** Whether a name has the mark twice: somebody wrote it into a file's name, or into a person's, and no rule tells which. */
const isAmbiguous = (path: string): boolean => ((path.split('/')[0] ?? '').match(mark) ?? []).length > 1;

const ambiguous: Anomaly = {
  kind: 'duplicated',
  about: 'name',
  detail: 'Moodle’s mark stands twice in this name, so that it fits several people: it is kept for none of them; see whose it is',
};

/**
 * Moodle's download of all submissions. Its number is the participant's of this assignment, so the name identifies as well: two people under one
 * number are two. What could be from two people is from neither, and stands by itself under the name that it has. Who wrote online text only, or
 * handed in nothing, is there too, with no file that is kept.
 */
export function moodleParcels(files: readonly SourceFile[]): Parcel[] {
  const students = new Map<string, { name: string; number?: string; files: SourceFile[] }>();
  for (const file of files) {
    const match = name.exec(file.path);
    if (!match) continue;
    const [, person = '', number = '', kind = '', inFolder, flat] = match;
    const own = isAmbiguous(file.path) ? { name: file.path.split('/')[0] as string } : { name: person, number };
    const key = JSON.stringify(own);
    const student = students.get(key) ?? { ...own, files: [] };
    const path = inFolder ?? flat ?? '';
    student.files.push(at(file, kind === 'file' ? path : `${kind}/${path || kind}`));
    students.set(key, student);
  }
  return [...students.values()].map(({ name: person, number, files: own }) => {
    const ids: Record<string, string> = number === undefined ? {} : { moodle: number };
    return { who: [{ name: person, ids }], files: own, single: true, ...(number === undefined && { anomalies: [ambiguous] }) };
  });
}
