import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { GraderError } from '../base/grader-error.ts';
import { printable } from '../base/text.ts';
import { type CollectBook, type CollectReport, collectInto } from '../collect/collect.ts';
import { courseIn, defaultCourse } from '../collect/course.ts';
import { layouts } from '../collect/layouts/detect.ts';
import type { Layout } from '../collect/parcel.ts';
import { reportLines, studentLine } from '../collect/report-lines.ts';
import { readRoster } from '../collect/roster.ts';
import { datesOf, labSettings, settingsOf } from '../gradebook/policy/settings.ts';
import { openGradebook } from '../gradebook/store/sqlite-store.ts';
import { type GradedLab, labOf } from '../lab/labs.ts';
import { deliveredBy, readingOf } from '../lab/rebuild.ts';

interface CollectFlags {
  readonly course: string;
  readonly roster?: string;
  readonly layout?: Layout;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** Exit codes: 0 all collected, 1 something was refused or is from an unknown student, 130 interrupted; `explain` has the one for nothing collected. */
const exit = { collected: 0, refused: 1, interrupted: 130 } as const;

const help = `
SOURCE is one of:
  a folder or a zip with one folder per student (STUDENT/LAB.ipynb, STUDENT/deliverables/, or zips that students packed)
  Canvas's "Download submissions", Moodle's "Download all submissions", Gradescope's "Export submissions", nbgrader's submitted folder
Only LAB.ipynb and deliverables/ are kept; links, pipes, bombs, odd names and everything else are named and left alone.
Each attempt is kept as a read-only folder in COURSE/submissions/LAB/STUDENT. Collecting the same source again changes nothing.
Exit code: 0 all collected, 1 something was refused, cannot be read or is from an unknown student, 2 nothing could be collected, 130 interrupted.`;

/** Adds `tinylab collect`. */
export function register(program: Command): void {
  program
    .command('collect')
    .description('take in what students handed in: a folder, a zip, or the download of Canvas, Moodle, Gradescope or nbgrader')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .argument('<source>', 'folder or zip with the submissions')
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .option(
      '--roster <file>',
      'CSV with id and any of name, email, section, canvas, sis, login, moodle, blackboard, gradescope, or the students of Canvas, Gradescope, Moodle or Blackboard',
    )
    .addOption(new Option('--layout <layout>', 'do not guess how the source is laid out').choices(layouts))
    .option('--dry-run', 'say what would be collected, and write nothing')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', help)
    .action(collect);
}

async function collect(id: string, source: string, flags: CollectFlags): Promise<void> {
  const report = await run(labOf(id), source, flags);
  const text = flags.json ? JSON.stringify(report, null, 1) : reportLines(report, flags.dryRun ?? false).join('\n');
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCode(report);
}

const nothing = (): Promise<never> => Promise.reject(new Error('A dry run writes nothing.'));
const emptyBook: CollectBook & { close(): Promise<void> } = {
  students: async () => [],
  submissions: async () => [],
  putStudents: nothing,
  addSubmission: nothing,
  log: nothing,
  close: async () => undefined,
};

async function run(graded: GradedLab, source: string, flags: CollectFlags): Promise<CollectReport> {
  const lab = graded.id;
  const course = courseIn(resolve(flags.course));
  const rosterFile = flags.roster ?? (existsSync(course.roster) ? course.roster : undefined);
  const roster = rosterFile === undefined ? undefined : readRoster(rosterFile, line => void process.stderr.write(`${printable(line)}\n`));
  // What is wrong from the start is told before a database is made.
  const dates = datesOf(labSettings(settingsOf(course), lab));
  if (!existsSync(source)) throw new GraderError('collect/source', `${source}: there is no such file or folder.`);
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  // Looking makes no database.
  const book = flags.dryRun && !existsSync(course.database) ? emptyBook : await openGradebook(course);
  try {
    return await collectInto(course, book, {
      lab,
      source: resolve(source),
      sourceName: basename(resolve(source)),
      dates,
      read: notebook => readingOf(graded, notebook),
      delivers: deliveredBy(graded),
      drain: controller.signal,
      onStudent: (one, done, total) => void process.stderr.write(`${studentLine(one, done, total)}\n`),
      ...(flags.layout && { layout: flags.layout }),
      ...(flags.dryRun && { dryRun: true }),
      ...(roster && { roster }),
    });
  } finally {
    await book.close();
  }
}

function exitCode({ interrupted, refused, collected }: CollectReport): number {
  if (interrupted) return exit.interrupted;
  return refused.length > 0 || collected.some(one => !one.known || one.anomalies.length > 0 || one.reading.handIn)
    ? exit.refused
    : exit.collected;
}
