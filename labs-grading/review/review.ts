import { GraderError } from '../base/grader-error.ts';
import type { SubmissionRecord } from '../collect/records.ts';
import { factsOfNotebook } from '../gradebook/policy/lab-facts.ts';
import { countingGrading, type LabGradesOptions } from '../gradebook/policy/lab-grades.ts';
import type { GradingRecord, LabGrades } from '../gradebook/records.ts';
import type { Store } from '../gradebook/store/contract.ts';
import type { GradedLab } from '../lab/labs.ts';
import { rubricOf } from '../lab/rubric.ts';
import { Alike } from './alike.ts';
import { type Answer, answerIn, askedAbove } from './answer.ts';
import { redactor } from './blind.ts';
import type { AnswerRow, AnswerView, GradeEdit, QuestionEntry, QuestionPage, Refusal, RubricChange } from './messages.ts';
import { outputPage } from './output-page.ts';
import { type ShownOutput, shownOutputs } from './outputs.ts';
import { proseHeight, proseHtml } from './prose.ts';
import { type Listed, listed, usedItems } from './rows.ts';
import { changed, RubricConflict } from './rubric-change.ts';
import { changeRubric, questionRubric, rubricTarget } from './rubric-file.ts';

/** A lab of a course, open for graders. */
export interface ReviewedLab {
  readonly book: Store;
  readonly lab: GradedLab;
  grades(options?: Pick<LabGradesOptions, 'gradingAt'>): Promise<LabGrades>;
}

export interface ReviewOptions {
  readonly blind: boolean;
  readonly grader: string;
  /** Question to begin with; by default the first that people grade. */
  readonly question?: string;
}

/** How many answers a change of the rubric reached. */
export interface Repointed {
  readonly having: number;
  readonly changed: number;
}

/** Opens a lab for graders. @throws GraderError when it has no such question to begin with. */
export async function openReview(opened: ReviewedLab, options: ReviewOptions): Promise<Review> {
  const review = new Review(opened, options);
  if (options.question !== undefined) entryOf(await review.questions(), options.question);
  return review;
}

/** The answers to a lab's questions, to be graded by people: what the page shows and does, without the web. */
export class Review {
  readonly #opened: ReviewedLab;
  readonly options: ReviewOptions;
  readonly #gradings = new Map<number, Promise<GradingRecord | undefined>>();
  readonly #alike: Alike;

  constructor(opened: ReviewedLab, options: ReviewOptions) {
    this.#opened = opened;
    this.options = options;
    this.#alike = new Alike(opened.lab);
  }

  /** The questions, those that people grade first. */
  async questions(): Promise<QuestionEntry[]> {
    const { book, lab } = this.#opened;
    const facts = (await book.lab(lab.id)) ?? factsOfNotebook(lab);
    const manual = new Set(facts.questions.flatMap(one => (one.manual ? [one.question] : [])));
    const { questions } = await this.#grades();
    return questions.map(one => ({ ...one, manual: manual.has(one.question) })).sort((a, b) => Number(b.manual) - Number(a.manual));
  }

  async page(asked?: string): Promise<QuestionPage> {
    this.#gradings.clear();
    const { lab } = this.#opened;
    const questions = await this.questions();
    const question = entryOf(questions, asked ?? this.options.question ?? (questions[0] as QuestionEntry).question);
    const { blind, grader } = this.options;
    const { title } = await this.#grades();
    const rubric = questionRubric(rubricOf(lab), question.question);
    return { lab: lab.id, title, grader, blind, questions, question, rubric, rows: await this.rows(question.question) };
  }

  async rows(question: string): Promise<AnswerRow[]> {
    return (await this.#listed(question)).map(({ row }) => row);
  }

  async answer(question: string, key: string): Promise<AnswerView | undefined> {
    const found = await this.#find(question, key);
    if (!found) return undefined;
    const { answer, redact } = await this.#read(found);
    const { items, staff, state } = found.question;
    const anomalies = (found.grade.grading?.report.anomalies ?? answer.anomalies).filter(({ about }) => about === question || about === '');
    return {
      key,
      kind: answer.kind,
      asked: askedAbove(this.#opened.lab, question),
      lines: answer.lines.map(({ kind, text }) => ({ kind, text: redact(text) })),
      ...(answer.missing !== undefined && { missing: redact(answer.missing) }),
      checks: JSON.parse(JSON.stringify(items, (_, value) => (typeof value === 'string' ? redact(value) : value))),
      state: found.question.automatic === undefined ? '' : state,
      proseHeight: answer.kind === 'text' && answer.missing === undefined ? proseHeight(proseOf(answer, redact)) : 0,
      outputHeight: (await this.#shown(found)).reduce((sum, { height }) => sum + height, 0),
      notes: [
        ...(staff.length > 0 ? [`The library answered for ${staff.join(', ')}.`] : []),
        ...anomalies.map(({ kind, detail }) => redact(`${kind}: ${detail}`)),
      ],
    };
  }

  /** The document of the frame with the answer's outputs. */
  async outputs(question: string, key: string): Promise<string | undefined> {
    const found = await this.#find(question, key);
    return found && outputPage(await this.#shown(found));
  }

  /** The document of the frame with the answer's text, rendered. */
  async prose(question: string, key: string): Promise<string | undefined> {
    const found = await this.#find(question, key);
    if (!found) return undefined;
    const { answer, redact } = await this.#read(found);
    return outputPage([{ html: proseOf(answer, redact), height: 0 }], 'Answer');
  }

  /** Keys of the other answers with the same text. */
  async alike(question: string, key: string): Promise<string[]> {
    const all = (await this.#listed(question)).map(({ row, grade }) => ({ key: row.key, folder: grade.submission?.folder ?? '' }));
    return await this.#alike.to(question, key, all);
  }

  /** Grades an answer. What someone else saved since comes back instead, and nothing is changed. */
  async save(question: string, key: string, edit: GradeEdit): Promise<AnswerRow | Refusal> {
    const found = await this.#find(question, key);
    if (!found) return { reason: 'There is no such answer any more. Load the page again.' };
    const { book, lab } = this.#opened;
    try {
      await book.putManual({ lab: lab.id, student: found.grade.student.id, question, ...edit });
    } catch (error) {
      if (!(error instanceof GraderError && error.code === 'gradebook/stale')) throw error;
      const { row } = (await this.#find(question, key)) as Listed;
      return { reason: `${row.grade?.grader ?? 'Someone'} graded this answer in the meantime.`, row };
    }
    return ((await this.#find(question, key)) as Listed).row;
  }

  /** Changes the rubric; every grade that holds the item has its new points at once. */
  async change(question: string, grader: string, change: RubricChange): Promise<Repointed | Refusal> {
    const { book, lab } = this.#opened;
    const before = new Map((await this.rows(question)).map(row => [row.key, row.score]));
    try {
      const used = await usedItems(book, lab.id, question);
      changeRubric(rubricTarget(lab), question, rubric => changed(rubric, change, used));
    } catch (error) {
      if (!(error instanceof RubricConflict)) throw error;
      return { reason: error.message, rubric: questionRubric(rubricOf(lab), question) };
    }
    const rows = await this.rows(question);
    const having = 'id' in change ? rows.filter(({ grade }) => grade?.items.includes(change.id)).length : 0;
    const result = { having, changed: rows.filter(({ key, score }) => before.get(key) !== score).length };
    await book.log('rubric', { lab: lab.id, question, by: grader, ...change, ...result });
    return result;
  }

  rubric(question: string): QuestionPage['rubric'] {
    return questionRubric(rubricOf(this.#opened.lab), question);
  }

  #grades(): Promise<LabGrades> {
    return this.#opened.grades({ gradingAt: submission => this.#grading(submission) });
  }

  /** Gradings are read once for a page: 500 reports take longer than a keystroke may. */
  #grading(submission: SubmissionRecord): Promise<GradingRecord | undefined> {
    const known = this.#gradings.get(submission.id) ?? countingGrading(this.#opened.book, submission);
    this.#gradings.set(submission.id, known);
    // What could not be read is tried again.
    known.catch(() => this.#gradings.delete(submission.id));
    return known;
  }

  async #listed(question: string): Promise<Listed[]> {
    return listed(await this.#grades(), question, this.options.blind);
  }

  async #find(question: string, key: string): Promise<Listed | undefined> {
    return (await this.#listed(question)).find(({ row }) => row.key === key);
  }

  async #read({ grade, question }: Listed): Promise<{ answer: Answer; redact: (text: string) => string }> {
    const { lab, book } = this.#opened;
    const answer = answerIn(grade.submission?.folder ?? '', lab, question.question);
    return { answer, redact: this.options.blind ? redactor(grade.student, await book.students()) : text => text };
  }

  async #shown(found: Listed): Promise<ShownOutput[]> {
    const { answer, redact } = await this.#read(found);
    return shownOutputs(answer.outputs, { redact });
  }
}

/** An answer's text as HTML; who it is of is taken out before it becomes any, also from the names of its pictures. */
const proseOf = ({ source, pictures }: Answer, redact: (text: string) => string): string =>
  proseHtml(redact(source), new Map([...pictures].map(([name, address]) => [redact(name), address])));

/** @throws GraderError when the lab has no such question. */
function entryOf(questions: readonly QuestionEntry[], question: string): QuestionEntry {
  const found = questions.find(one => one.question === question);
  if (found) return found;
  const known = questions.map(one => one.question).join(', ');
  throw new GraderError('gradebook/unknown', `The lab has no question ${JSON.stringify(question)}.`, `It has: ${known}.`);
}
