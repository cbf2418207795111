import type { StudentRecord, SubmissionRecord } from '../../collect/records.ts';
import type { GradedLab } from '../../lab/labs.ts';
import { type Rubric, rubricOf } from '../../lab/rubric.ts';
import { isGradable } from '../../run/submission-report.ts';
import type { GradingRecord, LabFacts, LabGrades, ManualRecord, OverrideRecord, QuestionGrade, StudentGrade } from '../records.ts';
import { isStale } from '../standing.ts';
import type { Store } from '../store/contract.ts';
import { factsOfNotebook } from './lab-facts.ts';
import { latePenalty } from './late.ts';
import { dropFactor, questionGrade, rescaled, round } from './question-grade.ts';
import { extensionOf, type LabSettings, labSettings, mayCount, submissionThatCounts } from './settings.ts';

export interface LabGradesOptions {
  /** What course.json says of the lab; by default nothing is due and nothing is penalised. */
  readonly settings?: LabSettings;
  /** By default the lab's rubric.json. */
  readonly rubric?: Rubric;
  /** Late days that a student has left for this lab; by default none. */
  readonly lateDaysLeft?: (student: string) => number;
  /** What the lab asks, where it is not yet written down; by default what the book knows. */
  readonly facts?: LabFacts;
  /** The grading that counts, in place of the latest that was gradable: a trial run grades without writing. */
  readonly gradingAt?: (submission: SubmissionRecord) => Promise<GradingRecord | undefined>;
}

/** The grades of a lab for every student of the roster and everyone who handed something in. */
export async function labGrades(book: Store, lab: GradedLab, options: LabGradesOptions = {}): Promise<LabGrades> {
  const { settings = labSettings({ lateDays: 0, labs: {} }, lab.id), rubric = rubricOf(lab) } = options;
  const facts = options.facts ?? (await book.lab(lab.id)) ?? factsOfNotebook(lab);
  const dropped = new Set(facts.questions.map(({ question }) => question).filter(id => settings.policies[id] === 'drop'));
  const students = new Map<string, StudentRecord>((await book.students()).map(student => [student.id, student]));
  const submissions = Map.groupBy(await book.submissions(lab.id), ({ student }) => student);
  for (const id of submissions.keys()) if (!students.has(id)) students.set(id, { id });
  const known = {
    gradings: await gradingsThatMayCount(book, [...submissions.values()], { ...options, settings }),
    overrides: byQuestion(await book.overrides(lab.id)),
    manual: byQuestion(await book.manual(lab.id)),
  };
  const marking = new Marking({ ...known, facts, settings, rubric, dropped, options });
  const factor = dropFactor(facts.questions, dropped);
  const points = (question: string, own: number): number => (factor === 1 ? own : dropped.has(question) ? 0 : round(own * factor));
  return {
    lab: facts.lab,
    title: facts.title,
    version: facts.version,
    ...(settings.due !== undefined && { due: settings.due }),
    questions: facts.questions.map(({ question, title, points: own }) => ({ question, title, points: points(question, own) })),
    students: [...students.values()]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(student => marking.student(student, submissions.get(student.id) ?? [])),
  };
}

/**
 * The grading at a submission that counts: the latest. Where that failed through our own fault, an earlier one of the very same circumstances
 * (grade key: lab, seed, what was handed in) may stand for it, never one of others: there the answer may have known what was asked.
 */
export async function countingGrading(book: Store, submission: Pick<SubmissionRecord, 'id'>): Promise<GradingRecord | undefined> {
  const latest = await book.grading(submission.id);
  if (!latest || isGradable(latest.report)) return latest;
  return (
    (await book.gradings(submission.id)).findLast(({ gradeKey, report }) => gradeKey === latest.gradeKey && isGradable(report)) ?? latest
  );
}

/** Gradings by submission: of the one that counts for each student, or of all where the best counts. */
async function gradingsThatMayCount(
  book: Store,
  students: readonly (readonly SubmissionRecord[])[],
  { settings, gradingAt = one => countingGrading(book, one) }: LabGradesOptions & { settings: LabSettings },
): Promise<Map<number, GradingRecord>> {
  const gradings = new Map<number, GradingRecord>();
  for (const submission of students.flatMap(own => mayCount(own, settings))) {
    const grading = await gradingAt(submission);
    if (grading) gradings.set(submission.id, grading);
  }
  return gradings;
}

const keyOf = ({ student, question }: { student: string; question: string }): string => JSON.stringify([student, question]);

/** The latest record of each student's question. */
const byQuestion = <R extends { student: string; question: string }>(records: readonly R[]): Map<string, R> =>
  new Map(records.map(record => [keyOf(record), record]));

interface Setting {
  readonly gradings: ReadonlyMap<number, GradingRecord>;
  readonly overrides: ReadonlyMap<string, OverrideRecord>;
  readonly manual: ReadonlyMap<string, ManualRecord>;
  readonly facts: LabFacts;
  readonly settings: LabSettings;
  readonly rubric: Rubric;
  readonly dropped: ReadonlySet<string>;
  readonly options: LabGradesOptions;
}

/** What is known, taken together: from here on nothing is read. */
class Marking {
  readonly #setting: Setting;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  student(student: StudentRecord, submissions: readonly SubmissionRecord[]): StudentGrade {
    const { settings } = this.#setting;
    const scoreOf = (submission: SubmissionRecord): number => this.#graded(student, submission, submissions.length).score;
    return this.#graded(student, submissionThatCounts(submissions, settings, scoreOf), submissions.length);
  }

  #graded(student: StudentRecord, submission: SubmissionRecord | undefined, submissions: number): StudentGrade {
    const { gradings, dropped } = this.#setting;
    const grading = submission && gradings.get(submission.id);
    const questions = rescaled(this.#questions(student.id, grading, submission !== undefined), dropped);
    const sum = (of: (grade: QuestionGrade) => number): number => round(questions.reduce((total, grade) => total + of(grade), 0));
    const [raw, maximum] = [sum(({ score }) => score), sum(grade => grade.maximum)];
    const late = submission && this.#late(submission, { score: raw, maximum });
    return {
      student,
      ...(submission && { submission }),
      ...(grading && { grading }),
      submissions,
      questions,
      raw,
      latePenalty: late?.penalty ?? 0,
      ...(late && this.#setting.settings.due !== undefined && { lateReason: late.reason }),
      score: round(Math.max(0, raw - (late?.penalty ?? 0))),
      maximum,
    };
  }

  #questions(student: string, grading: GradingRecord | undefined, handedIn: boolean): QuestionGrade[] {
    const { facts, settings, rubric, manual, overrides } = this.#setting;
    return facts.questions.map(asked => {
      const { question } = asked;
      const key = keyOf({ student, question });
      const found = {
        report: grading?.report.questions.find(report => report.question === question),
        manual: manual.get(key),
        rubric: rubric.questions[question],
        override: overrides.get(key),
        handIn: grading?.report.handIn,
        stale: !asked.manual && grading !== undefined && isStale(facts, asked, grading.report),
      };
      const evidence = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
      return questionGrade(asked, { ...evidence, handedIn, fullMarks: settings.policies[question] === 'full marks' });
    });
  }

  #late({ student, submittedAt }: SubmissionRecord, points: { score: number; maximum: number }): ReturnType<typeof latePenalty> {
    const { settings, options } = this.#setting;
    const extension = extensionOf(settings, student);
    const due = { due: settings.due, submitted: submittedAt, ...(extension !== undefined && { extension }) };
    return latePenalty(settings.latePolicy, { ...points, ...due, lateDaysLeft: options.lateDaysLeft?.(student) ?? 0 });
  }
}
