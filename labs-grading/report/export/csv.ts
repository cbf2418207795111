import { isSettled, standingOf } from '../../gradebook/standing.ts';
import { type Exporter, rounded, withoutScore } from './exported.ts';
import { csv } from './table.ts';

/** One row a student: who, what counts, and the points of each question. A score that is not there yet is empty. */
export const exportCsv: Exporter = (grades, options) => {
  const header = [
    'student',
    'name',
    'email',
    'section',
    'state',
    'submitted',
    'score',
    'maximum',
    'raw',
    'late_penalty',
    ...grades.questions.map(({ question }) => question),
  ];
  const rows = grades.students.map(grade => {
    const { student, submission, score, maximum, raw, latePenalty, questions } = grade;
    const number = (value: number): number | string => (isSettled(grade) ? rounded(value) : '');
    const points = grades.questions.map(({ question }) => number(questions.find(each => each.question === question)?.score ?? 0));
    const who = [student.id, student.name ?? '', student.email ?? '', student.section ?? ''];
    return [
      ...who,
      standingOf(grade),
      submission?.submittedAt ?? '',
      number(score),
      rounded(maximum),
      number(raw),
      number(latePenalty),
      ...points,
    ];
  });
  const ungraded = withoutScore(grades, { ...options, zeros: true });
  return { files: [{ name: `${grades.lab}.csv`, content: csv(header, rows) }], notes: ungraded };
};
