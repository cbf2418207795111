import { ops as allOps } from '../model/ops/index.ts';
import { LabError } from '../tensor/errors.ts';
import type { Examiner } from './examiner.ts';
import { isToolName } from './tools.ts';

/** Asks and compares; it never sees how the answers were computed. */
export type QuestionBody = (q: Examiner) => void | Promise<void>;

/** What a question is worth and what it needs. */
export interface QuestionOptions {
  /** What full marks are worth: a whole number above 0; 0 for a question that gives a bonus only. */
  readonly points: number;
  /** Points beside the lab's total, which parts of the question give. */
  readonly bonus?: number;
  /** What cards call it; default: its id. */
  readonly title?: string;
  /** Names that the student's cells define and this question asks for. */
  readonly uses: readonly string[];
  /** Names of earlier answers that the answer to this question calls; `staff` has a version of each. */
  readonly needs?: readonly string[];
  /** Exports of the library that are absent while the question runs. */
  readonly withhold?: readonly string[];
  /**
   * Programs that the question needs where it is asked, by the names that a terminal knows (`qemu-system-arm`), or modules of Python that the
   * library knows (`ai_edge_litert`, `torch`). Where one is missing the question is not asked: it ends as `tool missing`, which is no 0.
   */
  readonly tools?: readonly string[];
  /** Ops that a handed-in model may be made of, `input` among them; by default all. */
  readonly ops?: readonly string[];
}

/** One question of a lab. Its id is also the id of the answer cell. */
export interface Question extends QuestionOptions {
  /** Name of the question. */
  readonly id: string;
  /** The checks themselves. */
  readonly body: QuestionBody;
}

/** The questions of one notebook, in its order. */
export interface Lab {
  /** Name of the lab, such as `00-basics`. */
  readonly id: string;
  /** In the order of the notebook. */
  readonly questions: readonly Question[];
  /** Reference answers that `staff(name)` hands out for earlier questions. */
  readonly staff: Readonly<Record<string, unknown>>;
}

/** Cases that only the grader has: a further body for some of a lab's questions. */
export interface HiddenCases {
  /** Name of the lab. */
  readonly lab: string;
  /** Further checks by id of the question. */
  readonly bodies: Readonly<Record<string, QuestionBody>>;
}

/**
 * Declares a question: `id` names its answer cell, `body` asks and compares.
 * @throws LabError `check/question` for an id that a notebook cell cannot have, points that are not a positive whole number, an unknown op, or
 * a tool that is no name of a program.
 */
export function question(id: string, options: QuestionOptions, body: QuestionBody): Question {
  const complain = (what: string): never => {
    throw new LabError(
      'check/question',
      `Question ${JSON.stringify(id)}: ${what}.`,
      "For example: question('relu', { points: 5, uses: ['relu'] }, async q => { … })",
    );
  };
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) complain('an id has letters, digits, - and _ only');
  const { points, bonus = 0 } = options;
  const whole = Number.isInteger(points) && points >= 0 && Number.isInteger(bonus) && bonus >= 0 && points + bonus > 0;
  if (!whole || (points > 0 && bonus > 0)) complain(`points or bonus should be a whole number above 0; got ${points} and ${bonus}`);
  if (options.uses.length === 0) complain('uses is empty, so it would ask for nothing of the student');
  const odd = options.tools?.find(name => !isToolName(name));
  if (odd !== undefined) complain(`tools has names of programs or modules, such as 'qemu-system-arm'; got ${JSON.stringify(odd)}`);
  const unknown = options.ops?.find(name => !allOps.some(op => op.name === name));
  if (unknown !== undefined) complain(`there is no op ${JSON.stringify(unknown)}; ops: ${allOps.map(op => op.name).join(', ')}`);
  return Object.freeze({ ...options, id, body });
}

/**
 * Declares a lab: the default export of its `checks.ts`.
 * @throws LabError `check/lab` when two questions share an id, there is none, or one needs what no earlier one and no `staff` gives.
 */
export function lab(id: string, questions: readonly Question[], options: { staff?: Readonly<Record<string, unknown>> } = {}): Lab {
  const seen = new Set<string>();
  for (const { id: name } of questions) {
    if (seen.has(name))
      throw new LabError('check/lab', `Lab ${id} has two questions called ${name}.`, 'Give each question an id of its own.');
    seen.add(name);
  }
  for (const [at, { id: name, needs = [] }] of questions.entries()) {
    const stray = needs.find(
      need => !questions.slice(0, at).some(({ uses }) => uses.includes(need)) || !Object.hasOwn(options.staff ?? {}, need),
    );
    if (stray !== undefined)
      throw new LabError(
        'check/lab',
        `Question ${name} of lab ${id} needs ${stray}, which no earlier question asks for or staff has no version of.`,
        'List names that earlier questions use, and give each a version in the staff of the lab.',
      );
  }
  if (seen.size === 0) throw new LabError('check/lab', `Lab ${id} has no question.`, 'Add question(…) to its list.');
  return Object.freeze({ id, questions: Object.freeze([...questions]), staff: Object.freeze({ ...options.staff }) });
}

/** Declares the cases of a lab that never reach a student: the default export of `hidden.ts` in the grading package. */
export function hiddenCases(labId: string, bodies: Readonly<Record<string, QuestionBody>>): HiddenCases {
  return Object.freeze({ lab: labId, bodies: Object.freeze({ ...bodies }) });
}

/**
 * The question with this id.
 * @throws LabError `check/unknown`, listing the ids there are.
 */
export function questionOf(from: Lab, id: string): Question {
  const found = from.questions.find(q => q.id === id);
  if (!found)
    throw new LabError(
      'check/unknown',
      `Lab ${from.id} has no question ${JSON.stringify(id)}.`,
      `It has: ${from.questions.map(q => q.id).join(', ')}.`,
    );
  return found;
}
