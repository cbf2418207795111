import type { MissingTool, PartReport } from 'tinylab';
import type { Anomaly } from '../../base/anomaly.ts';
import type { SubmissionRecord } from '../../collect/records.ts';
import { assertQuestion } from '../../gradebook/policy/selection.ts';
import type { LabGrades, OverrideRecord, QuestionGrade, StudentGrade } from '../../gradebook/records.ts';
import { rubricOf } from '../../lab/rubric.ts';
import { type Answer, answersIn } from '../../review/answer.ts';
import type { CellReport } from '../../run/cell-report.ts';
import { gradeJson } from './grade-json.ts';
import type { OpenedLab } from './opened-course.ts';

/** The text of an answer as it was handed in. */
export interface HandedInAnswer {
  readonly kind: 'code' | 'text';
  /** One string a line; everything that the cell held. */
  readonly lines: readonly string[];
  /** Whether it is still what was handed out. */
  readonly untouched: boolean;
  /** Why there is none. */
  readonly missing?: string;
}

/** One question with all that decided its score. */
export interface QuestionOrigin extends QuestionGrade {
  readonly parts: readonly PartReport[];
  /** What the machine lacked that graded it. */
  readonly missingTools: readonly MissingTool[];
  /** Undefined where nothing was handed in. */
  readonly answer?: HandedInAnswer;
  /** What came of the answer's cell, where it was run. */
  readonly cell?: CellReport;
  /** What the graders ticked, in the words of the rubric. */
  readonly ticked: readonly { readonly text: string; readonly points: number }[];
}

/** One grading of one hand-in, in short. */
export interface GradingLine {
  readonly id: number;
  readonly finishedAt: string;
  readonly score: number;
  readonly points: number;
  /** The first characters of both halves of its grade key. */
  readonly key: string;
  readonly counts: boolean;
}

/** One hand-in with what came of it. */
export interface HandInLine extends SubmissionRecord {
  readonly counts: boolean;
  readonly gradings: readonly GradingLine[];
}

/** Everything that decides one student's grade. */
export interface StudentOrigin {
  readonly grade: StudentGrade;
  readonly questions: readonly QuestionOrigin[];
  /** Cells that belong to no question and did not run to their end. */
  readonly cells: readonly CellReport[];
  readonly anomalies: readonly Anomaly[];
  readonly handIns: readonly HandInLine[];
  readonly overrides: readonly OverrideRecord[];
}

/** Looks up where a student's grade comes from; of one question, where one is named. @throws GraderError `gradebook/unknown` for another. */
export async function studentOrigin(
  { book, lab }: Pick<OpenedLab, 'book' | 'lab'>,
  grades: LabGrades,
  { grade, question: only }: { grade: StudentGrade; question?: string },
): Promise<StudentOrigin> {
  if (only !== undefined) assertQuestion(grades, only);
  const { student, submission, grading } = grade;
  const asked = grade.questions.filter(({ question }) => only === undefined || question === only);
  const rubric = rubricOf(lab);
  const cells = grading?.report.cells ?? [];
  const answerTo = submission && answersIn(submission.folder, lab);
  const questions = asked.map((question): QuestionOrigin => {
    const report = grading?.report.questions.find(found => found.question === question.question);
    const cell = cells.find(({ id }) => id === question.question);
    const items = rubric.questions[question.question]?.items ?? [];
    return {
      ...question,
      parts: report?.parts ?? [],
      missingTools: report?.missingTools ?? [],
      ...(answerTo && { answer: handedIn(answerTo(question.question)) }),
      ...(cell && { cell }),
      ticked: items.flatMap(({ id, text, points }) => (question.manual?.items.includes(id) ? [{ text, points }] : [])),
    };
  });
  const owned = new Set(grade.questions.map(({ question }) => question));
  const anomalies = [...(submission?.anomalies ?? []), ...(grading?.report.anomalies ?? [])];
  return {
    grade,
    questions,
    cells: cells.filter(({ id, state }) => !owned.has(id) && state !== 'done'),
    anomalies: anomalies.filter(({ about }) => only === undefined || about === only || !owned.has(about)),
    handIns: await handIns(book, grade),
    overrides: (await book.overrides(lab.id)).filter(one => one.student === student.id && (only === undefined || one.question === only)),
  };
}

function handedIn({ kind, lines, missing }: Answer): HandedInAnswer {
  return {
    kind,
    lines: lines.flatMap(line => (line.kind === 'removed' ? [] : [line.text])),
    untouched: missing === undefined && lines.every(line => line.kind === 'same'),
    ...(missing !== undefined && { missing }),
  };
}

async function handIns(book: OpenedLab['book'], { student, submission, grading }: StudentGrade): Promise<HandInLine[]> {
  const own = submission === undefined ? [] : await book.submissions(submission.lab, student.id);
  const lines: HandInLine[] = [];
  for (const one of own) {
    const gradings = (await book.gradings(one.id)).map(({ id, finishedAt, gradeKey, report: { score, points } }): GradingLine => {
      const [circumstances = '', answers = ''] = gradeKey.split('.');
      return { id, finishedAt, score, points, key: `${circumstances.slice(0, 8)}.${answers.slice(0, 8)}`, counts: id === grading?.id };
    });
    lines.push({ ...one, counts: one.id === submission?.id, gradings });
  }
  return lines;
}

/** The same under the names that our JSON has. */
export const originJson = ({ grade, questions, ...rest }: StudentOrigin): object => ({ ...gradeJson(grade), questions, ...rest });
