import type { CheckItem } from 'tinylab';
import { z } from 'zod';
import type { RubricQuestion } from '../lab/rubric.ts';

const grader = z.string().trim().min(1).max(80);
const points = z.number().min(-1000).max(1000);
const text = z.string().trim().min(1).max(2000);
const item = { points, text };
const was = z.strictObject({ points: z.number(), text: z.string() });

/** What the page sends to grade one answer; `revision` is the one that it was made from. */
export const gradeEditSchema = z.strictObject({
  grader,
  items: z.array(z.string().max(200)).max(200),
  adjustment: points,
  comment: z.string().max(20_000),
  revision: z.number().int().min(0),
});
export type GradeEdit = z.infer<typeof gradeEditSchema>;

/** One change of a question's rubric. `was` is what the page showed, so that nobody's change is overwritten unseen. */
export const rubricChangeSchema = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('add item'), ...item }),
  z.strictObject({ change: z.literal('edit item'), id: z.string(), was, ...item }),
  z.strictObject({ change: z.literal('remove item'), id: z.string(), was }),
  z.strictObject({ change: z.literal('mode'), mode: z.enum(['deduct', 'add']) }),
  z.strictObject({ change: z.literal('add comment'), text }),
  z.strictObject({ change: z.literal('remove comment'), text }),
]);
export type RubricChange = z.infer<typeof rubricChangeSchema>;
export const rubricEditSchema = z.strictObject({ grader, edit: rubricChangeSchema });

/** Where a grader is, so that two do not grade the same answer. */
export const presenceSchema = z.strictObject({ page: z.string().max(40), grader, key: z.string().max(40) });
export type Presence = z.infer<typeof presenceSchema>;

/** What a grader gave. */
export interface Grade {
  readonly items: readonly string[];
  readonly adjustment: number;
  readonly comment: string;
  readonly grader: string;
  readonly at: string;
  readonly revision: number;
}

/** One answer of the list. `key` stands for the student; in blind mode nothing else does. */
export interface AnswerRow {
  readonly key: string;
  /** Name of the student, or a number in blind mode. */
  readonly label: string;
  /** The student's id, where it is not the label. */
  readonly id?: string;
  /** What counts for this question; undefined where nobody has graded it and no check asked. */
  readonly score?: number;
  /** What the checks gave. */
  readonly automatic?: number;
  /** The lab's score of the student, and its maximum. */
  readonly total: number;
  readonly maximum: number;
  readonly grade?: Grade;
  /** What a person should know: an override, a policy, a submission that came after the grade. */
  readonly notes: readonly string[];
}

export interface QuestionEntry {
  readonly question: string;
  readonly title: string;
  readonly points: number;
  readonly manual: boolean;
}

/** Everything that the page shows around an answer. */
export interface QuestionPage {
  readonly lab: string;
  readonly title: string;
  readonly grader: string;
  readonly blind: boolean;
  readonly questions: readonly QuestionEntry[];
  readonly question: QuestionEntry;
  readonly rubric: RubricQuestion;
  readonly rows: readonly AnswerRow[];
}

/** A line of an answer against what was handed out. */
export interface AnswerLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

export interface AnswerView {
  readonly key: string;
  readonly kind: 'code' | 'text';
  /** The text cells above the answer. */
  readonly asked: string;
  readonly lines: readonly AnswerLine[];
  /** Why there is no answer to show. */
  readonly missing?: string;
  readonly checks: readonly CheckItem[];
  /** State of the question in the words of the checks. */
  readonly state: string;
  /** How tall the frame with the rendered text should be, in CSS pixels; 0 where the answer is code or missing. */
  readonly proseHeight: number;
  /** How tall the frame with the outputs should be, in CSS pixels; 0 without outputs. */
  readonly outputHeight: number;
  readonly notes: readonly string[];
}

/** What goes to every open page when something changed. */
export interface Update {
  readonly rows: readonly AnswerRow[];
  readonly rubric?: RubricQuestion;
  readonly here?: readonly Presence[];
}

/** A grade that was refused because another one was saved since. */
export interface Refusal {
  readonly reason: string;
  readonly row?: AnswerRow;
  readonly rubric?: RubricQuestion;
}
