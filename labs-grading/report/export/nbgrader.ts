import { isSettled } from '../../gradebook/standing.ts';
import { type Exporter, rounded, withoutScore } from './exported.ts';
import { csv } from './table.ts';

/** Columns of `nbgrader export`. */
export const nbgraderColumns: readonly string[] = [
  'assignment',
  'duedate',
  'timestamp',
  'student_id',
  'last_name',
  'first_name',
  'email',
  'raw_score',
  'late_submission_penalty',
  'score',
  'max_score',
];

/** The table of `nbgrader export`: its columns and their order, but with fields quoted where they have to be. Who handed nothing in has 0. */
export const exportNbgrader: Exporter = (grades, options) => {
  const rows = grades.students.filter(isSettled).map(({ student, submission, raw, latePenalty, score, maximum }) => {
    const [last, first] = names(student.name ?? '');
    const times = [time(grades.due), time(submission?.submittedAt)];
    const who = [student.id, last, first, student.email ?? ''];
    return [grades.lab, ...times, ...who, float(raw), float(latePenalty), float(score), float(maximum)];
  });
  const content = csv(nbgraderColumns, rows);
  return { files: [{ name: `${grades.lab}-nbgrader.csv`, content }], notes: withoutScore(grades, { ...options, zeros: true }) };
};

/** A time as Python writes one without a zone, in UTC. */
const time = (iso: string | undefined): string =>
  iso === undefined
    ? ''
    : new Date(iso)
        .toISOString()
        .replace('T', ' ')
        .replace(/(\.0+)?Z$/, '');

/** A number as Python writes a float. */
const float = (value: number): string => (Number.isInteger(rounded(value)) ? `${rounded(value)}.0` : String(rounded(value)));

/** Last and first name: by a comma, else the last word is the last name. */
export function names(name: string): [last: string, first: string] {
  const parts = name.includes(',') ? name.split(/,(.*)/s) : [/\S+$/.exec(name.trim())?.[0] ?? '', name.trim().replace(/\s*\S+$/, '')];
  return [(parts[0] ?? '').trim(), (parts[1] ?? '').trim()];
}
