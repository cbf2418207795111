import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { GraderError } from '../base/grader-error.ts';
import { printable } from '../base/text.ts';
import { defaultCourse } from '../collect/course.ts';
import { assertQuestion, assertStudent } from '../gradebook/policy/selection.ts';
import { withLab } from './shared/opened-course.ts';

interface OverrideFlags {
  readonly course: string;
  readonly reason: string;
  readonly by: string;
}

/** Adds `tinylab override`. */
export function register(program: Command): void {
  program
    .command('override')
    .description('change one score by hand; the reason is kept with it')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .argument('<student>', 'the student’s id')
    .argument('<question>', 'the question’s id')
    .argument('<score>', 'points, or "none" to take the override back', scoreOf)
    .requiredOption('--reason <text>', 'why; students may read it')
    .option('--by <name>', 'who', userInfo().username)
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .addHelpText('after', '\nEarlier overrides are kept. What is published stays until "tinylab publish LAB".')
    .action((...given: Given) => override(given));
}

function scoreOf(text: string): number | 'none' {
  const score = Number(text);
  if (text !== 'none' && (text.trim() === '' || !Number.isFinite(score) || score < 0))
    throw new InvalidArgumentError('a number of points is needed, at least 0, or none');
  return text === 'none' ? text : score;
}

type Given = [lab: string, student: string, question: string, score: number | 'none', flags: OverrideFlags];

async function override([labId, student, question, given, flags]: Given): Promise<void> {
  await withLab({ lab: labId, course: flags.course }, async ({ book, lab, grades }) => {
    const before = await grades();
    assertStudent(before, student);
    assertQuestion(before, question);
    const maximum = before.questions.find(known => known.question === question)?.points ?? 0;
    const score = given === 'none' ? undefined : given;
    if (score !== undefined && score > maximum) throw tooMany(question, score, maximum);
    await book.override({ lab: lab.id, student, question, score, reason: flags.reason, by: flags.by });
    const now = (await grades()).students.find(found => found.student.id === student);
    const was = before.students.find(found => found.student.id === student);
    process.stdout.write(
      `${printable(student)}: ${question} ${score ?? 'as it was graded'}; total ${was?.score} → ${now?.score}/${now?.maximum}\n`,
    );
  });
}

function tooMany(question: string, score: number, maximum: number): GraderError {
  return new GraderError('gradebook/refused', `${question} has ${maximum} points, got ${score}.`, `Give at most ${maximum}.`);
}
