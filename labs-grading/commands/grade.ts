import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { assertWritable } from '../base/disk.ts';
import { GraderError } from '../base/grader-error.ts';
import { printable } from '../base/text.ts';
import { type GradeClassResult, gradeClass } from '../gradebook/grading/grade-class.ts';
import { canonical, gradesOf } from '../gradebook/policy/grades.ts';
import { selected, submissionsToGrade } from '../gradebook/policy/selection.ts';
import type { LabGrades } from '../gradebook/records.ts';
import { gradeJson } from './shared/grade-json.ts';
import { noteLines, questionTable, studentTable } from './shared/grade-tables.ts';
import {
  choiceOptions,
  chosenBy,
  exitHelp,
  exitOf,
  type GradingFlags,
  gradingOptions,
  readyToGrade,
  say,
  settingOf,
} from './shared/grading-options.ts';
import { progress } from './shared/grading-progress.ts';
import { nextSteps } from './shared/next-steps.ts';
import { collectFrom, type OpenedLab, withLab } from './shared/opened-course.ts';

interface GradeFlags extends GradingFlags {
  readonly details?: string;
}

const help = `
SOURCE, where it is given, is collected first: a folder with STUDENT/LAB.ipynb and what the notebook handed in beside it, a zip, or any other
source that "tinylab collect" takes. What has been graded under the same circumstances is not run again, so a run that was stopped goes on.
Grades reach students once they are published: "tinylab publish LAB".
${exitHelp}`;

/** Adds `tinylab grade`. */
export function register(program: Command): void {
  const command = program
    .command('grade')
    .description('grade what students handed in, each submission in a sandbox of its own')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .argument('[source]', 'folder or zip to collect first');
  choiceOptions(gradingOptions(command))
    .option('--details <file>', 'write everything that was found (cells, outputs, items) to a file')
    .addHelpText('after', help)
    .action(grade);
}

async function grade(id: string, source: string | undefined, flags: GradeFlags): Promise<void> {
  // Told now, and not when a class has been graded.
  if (flags.details !== undefined) assertWritable([resolve(flags.details)]);
  const command = async (opened: OpenedLab): Promise<void> => {
    if (source !== undefined) await collectFrom(opened, source, say);
    if (!(await readyToGrade(opened))) return;
    const result = await run(opened, flags);
    await opened.book.log('grade', { lab: opened.lab.id, ...result });
    await backUp(opened);
    const grades = await opened.grades();
    print(grades, flags);
    for (const line of nextSteps(opened.lab, grades, result.tools)) (flags.json ? say : out)(printable(line));
    process.exitCode = exitOf(result);
  };
  await withLab({ lab: id, course: flags.course, what: 'grade', begins: source !== undefined }, command);
}

async function run(opened: OpenedLab, flags: GradeFlags): Promise<Omit<GradeClassResult, 'facts'>> {
  const { book, lab, settings, grades } = opened;
  const { only } = flags;
  const handedIn = submissionsToGrade(await book.submissions(lab.id), settings);
  const submissions = selected(handedIn, only, only ? await grades() : emptyGrades);
  const { facts: _, ...result } = await gradeClass({
    ...settingOf(opened, flags),
    submissions,
    ...chosenBy(flags),
    onGraded: progress(say),
  });
  if (result.before > 0) say(`${result.before} were graded before under the same circumstances.`);
  return result;
}

/** A copy that cannot be made takes nothing from the grades. */
async function backUp({ book }: OpenedLab): Promise<void> {
  try {
    await book.backup();
  } catch (error) {
    if (!(error instanceof GraderError)) throw error;
    say(`No backup copy was made: ${error.message}`);
  }
}

const out = (line: string): void => void process.stdout.write(`${line}\n`);

const emptyGrades: LabGrades = { lab: '', title: '', version: '', questions: [], students: [] };

function print(grades: LabGrades, { details, json = false }: GradeFlags): void {
  if (details) writeFileSync(details, `${JSON.stringify({ ...grades, students: grades.students.map(gradeJson) }, null, 1)}\n`);
  const text = json ? canonical(gradesOf(grades)) : `${[studentTable(grades), questionTable(grades), ...noteLines(grades)].join('\n')}\n`;
  process.stdout.write(text);
}
