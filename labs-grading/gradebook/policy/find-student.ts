import { GraderError } from '../../base/grader-error.ts';
import { named } from '../../base/text.ts';
import type { StudentRecord } from '../../collect/records.ts';
import type { LabGrades, StudentGrade } from '../records.ts';
import { assertStudent } from './selection.ts';

/** Text without capitals, accents and kinds of apostrophes, so that `jurgen o'neill` finds Jürgen O’Neill. */
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[‘’ʼ`´]/g, "'")
    .toLowerCase()
    .trim();

const names = ({ id, name, email, ids = {} }: StudentRecord): string[] =>
  [id, name, email, ...Object.values(ids)].flatMap(text => (text ? [folded(text)] : []));

/** A student as people tell one from another: `ada (Ada Lovelace, ada@example.edu)`. */
export function whoIs({ id, name, email }: StudentRecord): string {
  const more = [name, email].filter(Boolean).join(', ');
  return more === '' ? id : `${id} (${more})`;
}

/**
 * The student who is asked for: by id, else by a whole name, e-mail or number of another system, else by words that stand in those of one
 * student only. @throws GraderError `gradebook/unknown` for nobody, and for several, who are listed.
 */
export function findStudent(grades: LabGrades, asked: string): StudentGrade {
  const { lab, students } = grades;
  const exact = students.find(({ student }) => student.id === asked);
  if (exact) return exact;
  const words = folded(asked)
    .split(/[\s,;]+/)
    .filter(Boolean);
  const whole = students.filter(({ student }) => names(student).includes(folded(asked)));
  const has = ({ student }: StudentGrade): boolean => words.every(word => names(student).some(text => text.includes(word)));
  const found = whole.length > 0 ? whole : words.length > 0 ? students.filter(has) : [];
  if (found.length === 0) assertStudent(grades, asked);
  const [one, another] = found as [StudentGrade, StudentGrade?];
  if (!another) return one;
  const who = found.map(({ student }) => whoIs(student));
  throw new GraderError(
    'gradebook/unknown',
    `${found.length} students of ${lab} fit ${JSON.stringify(asked)}.`,
    `Name one: ${named(who)}.`,
  );
}
