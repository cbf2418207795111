import type { CheckReport } from 'tinylab';
import type { LabGrades, StudentGrade } from '../../gradebook/records.ts';
import { hasSum, isSettled, type Standing, standingOf, standingText } from '../../gradebook/standing.ts';
import type { Rubric } from '../../lab/rubric.ts';
import { clean, place, withMoments } from '../page/clean.ts';
import { firstExposed } from './exposure.ts';
import { type FeedbackQuestion, feedbackQuestion } from './question.ts';

/** What one student may read of one lab. Every text in it is clean, and nothing in it is hidden or another student's. */
export interface Feedback {
  readonly lab: string;
  readonly title: string;
  readonly student: string;
  readonly name?: string;
  /** The grades are not published yet. */
  readonly draft: boolean;
  readonly due?: string;
  readonly submittedAt?: string;
  readonly submissions: number;
  /** Why the total is not the last word; undefined where it is. */
  readonly waits?: string;
  /** Whether there is a total: what is there so far, where a part waits. */
  readonly hasTotal: boolean;
  readonly raw: number;
  readonly score: number;
  readonly maximum: number;
  readonly latePenalty: number;
  readonly lateReason?: string;
  readonly questions: readonly FeedbackQuestion[];
  /** Cells that did not run to their end. */
  readonly cells: readonly { readonly id: string; readonly state: string; readonly message?: string; readonly where?: string }[];
  /** What the grader noticed about the files. */
  readonly notes: readonly string[];
}

/** A standing in a student's words, where those of staff would puzzle. */
const standingTold: Readonly<Partial<Record<Standing, string>>> = {
  stale: 'being graded again, since the lab has changed',
  unreadable: 'your notebook could not be read; ask your teaching staff',
  'not gradable': 'grading failed, through no fault of yours',
  'tool missing': 'not graded to the end yet',
  'needs manual': 'not graded to the end yet',
};

/** The feedback of one student, from grades alone; `answers` are the student's own texts by question, as harmless HTML. */
export function feedbackOf(
  { lab, title, due }: Pick<LabGrades, 'lab' | 'title' | 'due'>,
  grade: StudentGrade,
  options: { rubric?: Rubric; draft?: boolean; answers?: ReadonlyMap<string, string> } = {},
): Feedback {
  const { student, submission, grading } = grade;
  const reports = grading?.report.questions ?? [];
  const reportOf = (question: string): CheckReport | undefined => reports.find(report => report.question === question);
  const exposed = firstExposed(grade.questions.map(question => ({ exposed: reportOf(question.question)?.exposed, ...question })));
  const questions = grade.questions.map((question, i) =>
    feedbackQuestion(question, {
      parts: reportOf(question.question)?.parts ?? [],
      exposed: i > exposed,
      handedIn: submission !== undefined,
      graded: grading !== undefined,
      ...(options.answers?.has(question.question) && { answer: options.answers.get(question.question) as string }),
      ...(options.rubric?.questions[question.question] && { rubric: options.rubric.questions[question.question] }),
    }),
  );
  return {
    lab: clean(lab),
    title: clean(title),
    student: clean(student.id),
    ...(student.name !== undefined && { name: clean(student.name) }),
    draft: options.draft ?? false,
    ...(due !== undefined && { due: clean(due) }),
    ...(submission && { submittedAt: clean(submission.submittedAt) }),
    submissions: grade.submissions,
    hasTotal: hasSum(grade),
    ...(!isSettled(grade) && { waits: standingTold[standingOf(grade)] ?? standingText(standingOf(grade)) }),
    raw: grade.raw,
    score: grade.score,
    maximum: grade.maximum,
    latePenalty: grade.latePenalty,
    ...(grade.lateReason !== undefined && { lateReason: clean(withMoments(grade.lateReason, due)) }),
    questions,
    cells: failedCells(grade),
    notes: notesOf(grade),
  };
}

/** What cells printed stays away; why one failed was known before anything was asked. */
function failedCells({ grading }: StudentGrade): Feedback['cells'] {
  const failed = (grading?.report.cells ?? []).filter(({ state }) => state !== 'done');
  return failed.map(({ id, state, message, where }) => ({
    id: clean(id),
    state,
    ...(message !== undefined && { message: clean(message) }),
    ...(where !== undefined && { where: clean(place(where)) }),
  }));
}

function notesOf({ submission, grading }: StudentGrade): string[] {
  const anomalies = [...(submission?.anomalies ?? []), ...(grading?.report.anomalies ?? [])];
  const told = anomalies.filter(({ kind }) => kind !== 'flaky');
  const lines = told.map(({ kind, about, detail }) => clean(`${about || 'notebook'} (${kind}): ${detail}`));
  return [...new Set(lines)];
}
