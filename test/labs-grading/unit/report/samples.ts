import type { CheckItem, QuestionState } from 'tinylab';
import type { LabGrades, QuestionGrade, StudentGrade } from '../../../../labs-grading/gradebook/records.ts';
import { reportWith } from '../gradebook/samples.ts';

/** An open item that failed with everything an item can have. */
export const wrong = (more: Partial<CheckItem> = {}): CheckItem => ({
  id: 'case.1',
  asked: 'double(float32 [3]: 1, 2, 3)',
  passed: false,
  hidden: false,
  reason: 'wrong',
  expected: '6',
  got: '3',
  where: '[2]',
  hint: 'Times two.',
  ...more,
});

export const right = (more: Partial<CheckItem> = {}): CheckItem => ({
  id: 'case.2',
  asked: 'double(2)',
  passed: true,
  hidden: false,
  reason: 'right',
  ...more,
});

export const graded = (question: string, score: number, more: Partial<QuestionGrade> = {}): QuestionGrade => ({
  question,
  title: `Question ${question}`,
  maximum: 5,
  score,
  state: (score === 0 ? 'failed' : score === 5 ? 'passed' : 'partial') as QuestionState,
  automatic: score,
  items: score === 5 ? [right()] : [wrong()],
  staff: [],
  ...more,
});

/** A student with these questions, graded and on time. */
export function studentWith(id: string, questions: readonly QuestionGrade[], more: Partial<StudentGrade> = {}): StudentGrade {
  const sum = (of: (grade: QuestionGrade) => number): number => questions.reduce((total, grade) => total + of(grade), 0);
  const [raw, maximum] = [sum(({ score }) => score), sum(grade => grade.maximum)];
  const at = '2026-11-20T10:00:00.000Z';
  const submission = {
    id: 1,
    lab: 'lab',
    student: id,
    folder: `/submissions/${id}`,
    digest: id,
    submittedAt: at,
    source: 'folder',
    anomalies: [],
  };
  const grading = {
    id: 1,
    submission: 1,
    gradeKey: 'k',
    finishedAt: at,
    wallMs: 1200,
    report: { ...reportWith({ a: 0, b: 0 }), questions: [] },
  };
  return { student: { id }, submission, grading, submissions: 1, questions, raw, latePenalty: 0, score: raw, maximum, ...more };
}

/** A lab of these students. */
export const labOf = (students: readonly StudentGrade[], more: Partial<LabGrades> = {}): LabGrades => ({
  lab: 'lab',
  title: 'A lab',
  version: '1',
  questions: (students[0]?.questions ?? []).map(({ question, title, maximum }) => ({ question, title, points: maximum })),
  students,
  ...more,
});

export const manual = {
  lab: 'lab',
  student: 'ada',
  question: 'prose',
  grader: 'ta',
  items: ['x'],
  adjustment: 1,
  comment: 'Good.',
  revision: 1,
  at: '',
};

/** A grade whose every text is `text`. */
export function saying(text: string): StudentGrade {
  const items = [
    wrong({ asked: text, expected: text, got: text, where: text, hint: text }),
    right({ asked: text }),
    wrong({ hidden: true, hint: text }),
  ];
  const override = { lab: 'lab', student: 'ada', question: 'b', score: 5, reason: text, by: text, at: '' };
  const comment = text.replaceAll('\n', ' ').trim() || 'x';
  const questions = [
    graded('a', 0, { title: text, items, staff: [text] }),
    graded('b', 5, { title: text, override, policy: text }),
    graded('prose', 4, { question: 'prose', title: text, items: [], manual: { ...manual, comment } }),
  ];
  const grade = studentWith('ada', questions, { student: { id: 'ada', name: text }, latePenalty: 1, lateReason: text || 'x' });
  const anomaly = { kind: 'refused' as const, about: text, detail: text };
  const grading = grade.grading as NonNullable<StudentGrade['grading']>;
  const report = { ...grading.report, cells: [{ id: text, state: 'error' as const, message: text, where: text }], anomalies: [anomaly] };
  return { ...grade, grading: { ...grading, report } };
}
