import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GraderError } from '../base/grader-error.ts';
import { projectFolder } from '../base/project.ts';
import type { GradedLab } from './labs.ts';

const itemSchema = z.strictObject({ id: z.string().min(1), points: z.number(), text: z.string() });
const questionSchema = z
  .strictObject({
    /** `deduct` starts from the maximum, or from what the checks gave; `add` starts from 0, or from what the checks gave. */
    mode: z.enum(['deduct', 'add']).default('deduct'),
    items: z.array(itemSchema).default([]),
    comments: z.array(z.string()).default([]),
  })
  .superRefine(({ mode, items }, context) => {
    for (const { id, points } of items)
      if (mode === 'deduct' ? points > 0 : points < 0)
        context.addIssue({
          code: 'custom',
          message: `item ${id} has ${points} points; mode ${mode} has none ${mode === 'deduct' ? 'above' : 'below'} 0`,
        });
    if (new Set(items.map(({ id }) => id)).size < items.length) context.addIssue({ code: 'custom', message: 'two items have the same id' });
  });
const rubricSchema = z.strictObject({ questions: z.record(z.string(), questionSchema) });

/** What people may tick for the answers to a lab, by question. */
export type Rubric = z.infer<typeof rubricSchema>;
export type RubricQuestion = Rubric['questions'][string];

/** Where a lab's rubric lies, if it has one: with its hidden cases, or beside its checks. */
export function rubricFile(lab: GradedLab): string | undefined {
  const folders = [...(lab.hidden ? [dirname(lab.hidden)] : []), join(projectFolder, 'labs-grading/labs', lab.id), dirname(lab.checks)];
  return folders.map(folder => join(folder, 'rubric.json')).find(file => existsSync(file));
}

/** The rubric of a lab; without a file it has no items. @throws GraderError `gradebook/refused`, naming the file and the place. */
export function rubricOf(lab: GradedLab): Rubric {
  const file = rubricFile(lab);
  return file === undefined ? { questions: {} } : parseRubric(readFileSync(file, 'utf8'), file);
}

/** A rubric from JSON text. @throws GraderError `gradebook/refused` */
export function parseRubric(text: string, file: string): Rubric {
  const refuse = (what: string): GraderError => new GraderError('gradebook/refused', `${file}: ${what}`, 'Mend the file and run again.');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(`not JSON: ${(error as Error).message}`);
  }
  const parsed = rubricSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw refuse(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'top level'}: ${message}`).join('; '));
}
