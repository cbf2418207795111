import type { StudentRecord, SubmissionRecord } from '../../collect/records.ts';
import type { GradedLab } from '../../lab/labs.ts';
import { type Rubric, rubricOf } from '../../lab/rubric.ts';
import { isGradable } from '../../run/submission-report.ts';
import type { GradingRecord, LabFacts, LabGrades, ManualRecord, OverrideRecord, QuestionGrade, StudentGrade } from '../records.ts';
import type { Gradebook } from '../store/contract.ts';
import { factsOfNotebook } from './lab-facts.ts';
import { latePenalty } from './late.ts';
import { dropFactor, questionGrade, rescaled, round } from './question-grade.ts';
import { extensionOf, type LabSettings, labSettings, submissionThatCounts } from './settings.ts';

export interface LabGradesOptions {
  /** What course.json says of the lab; by default nothing is due and nothing is penalised. */
  readonly settings?: LabSettings;
  /** By default the lab's rubric.json. */
  readonly rubric?: Rubric;
  /** Late days that a student has left for this lab; by default none. */
  readonly lateDaysLeft?: (student: string) => number;
  /** The grading that counts, in place of the latest that was gradable: a trial run grades without writing. */
  readonly gradingAt?: (submission: SubmissionRecord) => GradingRecord | undefined;
}

/** The grades of a lab for every student of the roster and everyone who handed something in. */
export function labGrades(book: Gradebook, lab: GradedLab, options: LabGradesOptions = {}): LabGrades {
  const { settings = labSettings({ lateDays: 0, labs: {} }, lab.id), rubric = rubricOf(lab) } = options;
  const facts = book.lab(lab.id) ?? factsOfNotebook(lab);
  const dropped = new Set(facts.questions.map(({ question }) => question).filter(id => settings.policies[id] === 'drop'));
  const students = new Map<string, StudentRecord>(book.students().map(student => [student.id, student]));
  const submissions = Map.groupBy(book.submissions(lab.id), ({ student }) => student);
  for (const id of submissions.keys()) if (!students.has(id)) students.set(id, { id });
  const marking = new Marking({ book, facts, settings, rubric, dropped, options });
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

/** The grading at a submission that counts: the latest, unless it failed through our own fault and an earlier one did not. */
export function countingGrading(book: Gradebook, submission: Pick<SubmissionRecord, 'id'>): GradingRecord | undefined {
  const latest = book.grading(submission.id);
  if (!latest || isGradable(latest.report)) return latest;
  return book.gradings(submission.id).findLast(({ report }) => isGradable(report)) ?? latest;
}

interface Setting {
  readonly book: Gradebook;
  readonly facts: LabFacts;
  readonly settings: LabSettings;
  readonly rubric: Rubric;
  readonly dropped: ReadonlySet<string>;
  readonly options: LabGradesOptions;
}

class Marking {
  readonly #setting: Setting;
  readonly #overrides: ReadonlyMap<string, OverrideRecord>;
  readonly #manual: ReadonlyMap<string, ManualRecord>;

  constructor(setting: Setting) {
    this.#setting = setting;
    const { book, facts } = setting;
    const key = ({ student, question }: { student: string; question: string }): string => JSON.stringify([student, question]);
    this.#overrides = new Map(book.overrides(facts.lab).map(record => [key(record), record]));
    this.#manual = new Map(book.manual(facts.lab).map(record => [key(record), record]));
  }

  student(student: StudentRecord, submissions: readonly SubmissionRecord[]): StudentGrade {
    const { settings } = this.#setting;
    const scoreOf = (submission: SubmissionRecord): number => this.#graded(student, submission, submissions.length).score;
    return this.#graded(student, submissionThatCounts(submissions, settings, scoreOf), submissions.length);
  }

  #graded(student: StudentRecord, submission: SubmissionRecord | undefined, submissions: number): StudentGrade {
    const { book, options, dropped } = this.#setting;
    const grading = submission && (options.gradingAt ?? (one => countingGrading(book, one)))(submission);
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
    const { facts, settings, rubric } = this.#setting;
    return facts.questions.map(asked => {
      const { question } = asked;
      const key = JSON.stringify([student, question]);
      const found = {
        report: grading?.report.questions.find(report => report.question === question),
        manual: this.#manual.get(key),
        rubric: rubric.questions[question],
        override: this.#overrides.get(key),
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
