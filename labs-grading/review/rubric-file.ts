import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { GraderError } from '../base/grader-error.ts';
import { projectFolder } from '../base/project.ts';
import type { GradedLab } from '../lab/labs.ts';
import { parseRubric, type Rubric, type RubricQuestion, rubricFile } from '../lab/rubric.ts';

const empty: RubricQuestion = { mode: 'deduct', items: [], comments: [] };

/** What the rubric says of a question; without an entry it starts from all points and has no items. */
export function questionRubric(rubric: Rubric, question: string): RubricQuestion {
  return Object.hasOwn(rubric.questions, question) ? (rubric.questions[question] as RubricQuestion) : empty;
}

/** Where a lab's rubric is written: where it lies, else with what graders keep. Never beside what students are given. */
export function rubricTarget(lab: GradedLab): string {
  const present = rubricFile(lab);
  if (present !== undefined) return present;
  if (lab.hidden !== undefined) return join(dirname(lab.hidden), 'rubric.json');
  const given = relative(join(projectFolder, 'notebooks'), lab.checks);
  const folder = given.startsWith('..') ? dirname(lab.checks) : join(projectFolder, 'labs-grading/labs', lab.id);
  return join(folder, 'rubric.json');
}

const abandonedMs = 10_000;

/**
 * Changes one question of a rubric.json. The file that is renamed into place at the end is made first and by one writer only, so that two
 * graders cannot overwrite each other.
 * @throws GraderError, and then nothing has changed.
 */
export function changeRubric(file: string, question: string, change: (now: RubricQuestion) => RubricQuestion): RubricQuestion {
  const part = `${file}.part`;
  claim(part);
  try {
    const rubric = existsSync(file) ? parseRubric(readFileSync(file, 'utf8'), file) : { questions: {} };
    const next = change(questionRubric(rubric, question));
    const text = `${JSON.stringify({ questions: { ...rubric.questions, [question]: next } }, null, 2)}\n`;
    parseRubric(text, file);
    writeFileSync(part, text, { flush: true });
    renameSync(part, file);
    return next;
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function claim(part: string): void {
  const age = existsSync(part) ? Date.now() - statSync(part).mtimeMs : 0;
  if (age > abandonedMs) rmSync(part, { force: true });
  try {
    writeFileSync(part, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new GraderError('gradebook/busy', `${part}: someone else is writing the rubric.`, 'Try again in a moment.');
  }
}
