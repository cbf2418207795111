import { at, type Parcel } from '../parcel.ts';
import type { SourceFile } from '../source.ts';

/** `lastfirst_LATE_userid_submissionid_file`, all in one folder; `LATE_` only where it was. */
const name = /^(.+?)_(LATE_)?(\d+)_(\d+)_([^/]+)$/;

export const isCanvas = (path: string): boolean => name.test(path) && !path.includes('assignsubmission');

/**
 * Canvas's bulk download. It flattens folders, and a file that is uploaded again gets `-1`, `-2` before its ending: each such number that a
 * notebook or zip has is an handIn of its own. The archive's times are of the download, so `LATE` is all that it says about lateness.
 */
export function canvasParcels(files: readonly SourceFile[]): Parcel[] {
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
  return [...students].flatMap(([, { person, user, late, files: own }]) =>
    handIns(own).map(handIn => ({ who: [{ name: person, ids: { canvas: user } }], files: handIn, late })),
  );
}

const suffix = /^(.*)-(\d{1,2})(\.[A-Za-z0-9]+)$/;

function handIns(files: readonly SourceFile[]): SourceFile[][] {
  const numberOf = ({ path }: SourceFile): string => suffix.exec(path)?.[2] ?? '0';
  const plain = new Set(files.map(({ path }) => path));
  // `00-basics-1.ipynb` is a second upload; `model-1.json` is one only if a notebook came with it.
  const numbers = new Set(files.filter(({ path }) => /\.(ipynb|zip)$/.test(path)).map(numberOf));
  const groups = new Map<string, SourceFile[]>();
  for (const file of files) {
    const number = numbers.has(numberOf(file)) ? numberOf(file) : '0';
    const match = number === '0' ? null : suffix.exec(file.path);
    const path = match ? `${match[1]}${match[3]}` : file.path;
    groups.set(number, [...(groups.get(number) ?? []), at(file, inPlace(path))]);
  }
  return plain.size === 0 ? [] : [...groups].sort(([a], [b]) => Number(a) - Number(b)).map(([, group]) => group);
}

/** A file that was uploaded beside the notebook, because there is no folder to upload. */
const inPlace = (path: string): string => (/\.(json|safetensors)$/.test(path) && path !== 'manifest.json' ? `deliverables/${path}` : path);
