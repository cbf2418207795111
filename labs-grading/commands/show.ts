import type { Command } from 'commander';
import { GraderError } from '../base/grader-error.ts';
import { harmlessJson, printable } from '../base/text.ts';
import { type Course, defaultCourse } from '../collect/course.ts';
import { findStudent } from '../gradebook/policy/find-student.ts';
import { canonical, gradesOf } from '../gradebook/policy/grades.ts';
import { underWay } from '../gradebook/store/lock.ts';
import { knownSeed } from '../gradebook/store/seed.ts';
import { questionTable, studentTable } from './shared/grade-tables.ts';
import { nextSteps } from './shared/next-steps.ts';
import { withLab } from './shared/opened-course.ts';
import { originLines } from './shared/student-lines.ts';
import { originJson, studentOrigin } from './shared/student-origin.ts';

interface ShowFlags {
  readonly course: string;
  readonly question?: string;
  readonly json?: boolean;
  readonly published?: boolean;
}

const help = `
STUDENT is an id, or a name, an e-mail or a part of them that fits one student only. Everything that decides the grade is shown: what was
asked, expected and got, hints, hidden cases (as hidden), errors of cells, what graders ticked, overrides, and the answer itself. Lines behind
a bar (│) are what a student, a compiler or a grader wrote.`;

/** Adds `tinylab show`. */
export function register(program: Command): void {
  program
    .command('show')
    .description('the grades of a lab, or where one student’s grade comes from')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .argument('[student]', 'the student’s id, name or e-mail, or a part that fits nobody else')
    .option('--question <id>', 'this question of the student only')
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .option('--published', 'as they were published')
    .option('--json', 'print the canonical grades, or everything about the student, as JSON')
    .addHelpText('after', help)
    .action(show);
}

async function show(id: string, student: string | undefined, flags: ShowFlags): Promise<void> {
  const { question, json = false } = flags;
  if (question !== undefined && student === undefined)
    throw new GraderError(
      'gradebook/refused',
      '--question needs a student.',
      `For example: npx tinylab show ${id} ada --question ${question}`,
    );
  await withLab({ lab: id, course: flags.course }, async opened => {
    const { book, lab, course } = opened;
    for (const line of underWay(course, lab.id)) process.stderr.write(`${printable(line)}\n`);
    const grades = await (flags.published ? book.published(lab.id) : opened.grades());
    if (!grades) return void process.stdout.write(`Nothing of ${lab.id} is published.\n`);
    if (student === undefined)
      return void process.stdout.write(
        json
          ? canonical(gradesOf(grades))
          : `${[studentTable(grades), questionTable(grades), ...nextSteps(lab, grades).map(printable), ...seedLines(course)].join('\n')}\n`,
      );
    const grade = findStudent(grades, student);
    const origin = await studentOrigin(opened, grades, { grade, ...(question !== undefined && { question }) });
    process.stdout.write(`${json ? harmlessJson({ ...originJson(origin), seed: knownSeed(course) }) : originLines(origin).join('\n')}\n`);
  });
}

/** The seed of the course, for those who may read its folder. */
function seedLines(course: Course): string[] {
  const seed = knownSeed(course);
  return seed === undefined ? [] : [`Generated cases: seed ${seed}, drawn for this course. Who knows it can work out what is asked.`];
}
