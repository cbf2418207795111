import { at, type Parcel } from '../parcel.ts';
import type { SourceFile } from '../source.ts';

/** `Full Name_123456_assignsubmission_file_/file`, or without folders `Full Name_123456_assignsubmission_file_file`. */
const name = /^([^/]*)_(\d+)_assignsubmission_([a-z]+)_?(?:\/(.+)|([^/]*))$/;

export const isMoodle = (path: string): boolean => name.test(path);

/** Moodle's download of all submissions. Its number is the participant's of this assignment, so the name identifies as well. */
export function moodleParcels(files: readonly SourceFile[]): Parcel[] {
  const students = new Map<string, { person: string; files: SourceFile[] }>();
  for (const file of files) {
    const match = name.exec(file.path);
    if (match?.[3] !== 'file') continue;
    const [, person = '', number = '', , inFolder, flat] = match;
    const student = students.get(number) ?? { person, files: [] };
    student.files.push(at(file, inFolder ?? flat ?? ''));
    students.set(number, student);
  }
  return [...students].map(([moodle, { person, files: own }]) => ({ who: [{ name: person, ids: { moodle } }], files: own }));
}
