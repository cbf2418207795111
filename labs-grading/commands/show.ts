import Table from 'cli-table3';
import type { Command } from 'commander';
import { printable } from '../base/text.ts';
import { defaultCourse } from '../collect/course.ts';
import { canonical, gradesOf } from '../gradebook/policy/grades.ts';
import { assertStudent } from '../gradebook/policy/selection.ts';
import type { QuestionGrade, StudentGrade } from '../gradebook/records.ts';
import type { Store } from '../gradebook/store/contract.ts';
import { gradeJson } from './shared/grade-json.ts';
import { questionTable, studentTable } from './shared/grade-tables.ts';
import { type OpenedLab, withLab } from './shared/opened-course.ts';

interface ShowFlags {
  readonly course: string;
  readonly json?: boolean;
  readonly published?: boolean;
}

/** Adds `tinylab show`. */
export function register(program: Command): void {
  program
    .command('show')
    .description('the grades of a lab, or where one student’s grade comes from')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .argument('[student]', 'the student’s id')
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .option('--published', 'as they were published')
    .option('--json', 'print the canonical grades, or everything about the student, as JSON')
    .action(show);
}

async function show(id: string, student: string | undefined, flags: ShowFlags): Promise<void> {
  await withLab({ lab: id, course: flags.course }, async opened => {
    const { book, lab } = opened;
    const grades = await (flags.published ? book.published(lab.id) : opened.grades());
    if (!grades) return void process.stdout.write(`Nothing of ${lab.id} is published.\n`);
    if (student === undefined)
      return void process.stdout.write(flags.json ? canonical(gradesOf(grades)) : `${studentTable(grades)}\n${questionTable(grades)}\n`);
    assertStudent(grades, student);
    const grade = grades.students.find(found => found.student.id === student) as StudentGrade;
    const text = flags.json ? JSON.stringify(gradeJson(grade), null, 1) : (await origin(opened, grade)).join('\n');
    process.stdout.write(`${text}\n`);
  });
}

/** Where a grade comes from: each question with its evidence, then the submissions with their gradings, then what people did. */
async function origin({ book, lab }: OpenedLab, grade: StudentGrade): Promise<string[]> {
  const { student, score, maximum, latePenalty, lateReason } = grade;
  const name = [student.id, student.name, student.email].filter(Boolean).join(', ');
  const late = lateReason === undefined ? [] : [`lateness: ${latePenalty > 0 ? `-${latePenalty}, ` : ''}${lateReason}`];
  const table = new Table({ head: ['question', 'score', 'state', 'comes from'], style: { head: [], border: [] } });
  for (const question of grade.questions)
    table.push([question.question, `${question.score}/${question.maximum}`, question.state, printable(evidence(question))]);
  return [
    `${printable(name)}: ${score}/${maximum}`,
    ...late,
    table.toString(),
    ...(await submissionLines(book, lab.id, grade)),
    ...(await overrideLines(book, lab.id, student.id)),
  ].map(line => line.trimEnd());
}

function evidence({ automatic, manual, override, policy, staff, items }: QuestionGrade): string {
  const failed = items.filter(({ passed }) => !passed).map(({ asked }) => asked);
  return [
    ...(automatic === undefined ? [] : [`checks gave ${automatic}`]),
    ...(failed.length > 0 ? [`failed: ${failed.slice(0, 3).join('; ')}${failed.length > 3 ? ` and ${failed.length - 3} more` : ''}`] : []),
    ...(staff.length > 0 ? [`with the library's ${staff.join(', ')}`] : []),
    ...(manual ? [`${manual.grader}, ${manual.at}`] : []),
    ...(override ? [`override by ${override.by}: ${override.reason}`] : []),
    ...(policy ? [policy] : []),
  ].join('\n');
}

async function submissionLines(book: Store, lab: string, grade: StudentGrade): Promise<string[]> {
  const lines: string[] = [];
  for (const submission of await book.submissions(lab, grade.student.id)) {
    const counts = submission.id === grade.submission?.id ? ', counts' : '';
    const gradings = (await book.gradings(submission.id)).map(({ id, finishedAt, gradeKey, report }) => {
      const used = id === grade.grading?.id ? ', counts' : '';
      return `  attempt ${id}, ${finishedAt}: ${report.score}/${report.points}${used} (key ${gradeKey.slice(0, 8)}.${gradeKey.split('.')[1]?.slice(0, 8)})`;
    });
    lines.push(
      `submission ${submission.id}, ${submission.submittedAt}, ${printable(submission.source)}${counts}: ${printable(submission.folder)}`,
      ...gradings,
    );
  }
  return lines;
}

async function overrideLines(book: Store, lab: string, student: string): Promise<string[]> {
  return (await book.overrides(lab))
    .filter(record => record.student === student)
    .map(({ at, by, question, score, reason }) => printable(`override, ${at}, ${by}: ${question} ${score ?? 'taken back'}: ${reason}`));
}
