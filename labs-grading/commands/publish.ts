import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { GraderError } from '../base/grader-error.ts';
import { printable } from '../base/text.ts';
import { writeWhole } from '../base/write-whole.ts';
import { defaultCourse } from '../collect/course.ts';
import { gradeDiff } from '../gradebook/policy/grade-diff.ts';
import { canonical, gradesOf } from '../gradebook/policy/grades.ts';
import { unfinished } from '../gradebook/policy/unfinished.ts';
import type { LabGrades } from '../gradebook/records.ts';
import { standingOf } from '../gradebook/standing.ts';
import { labContent } from '../lab/content.ts';
import { calledIn } from '../lab/labs.ts';
import { type OpenedLab, withLab } from './shared/opened-course.ts';

interface PublishFlags {
  readonly course: string;
  readonly by: string;
  readonly unfinished?: boolean;
}

const help = `
Writes COURSE/exports/LAB/grades.json, and a numbered copy that stays. From now on feedback and exports show these grades, whatever is graded
or overridden later, until the next publish.`;

/** Adds `tinylab publish`. */
export function register(program: Command): void {
  program
    .command('publish')
    .description('let students see the present grades of a lab')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .option('--by <name>', 'who publishes', userInfo().username)
    .option('--unfinished', 'publish although something is not graded yet')
    .addHelpText('after', help)
    .action(publish);
}

async function publish(id: string, flags: PublishFlags): Promise<void> {
  await withLab({ lab: id, course: flags.course, what: 'publish' }, async opened => {
    const { book, course, lab } = opened;
    const grades = await opened.grades();
    const open = unfinished(grades);
    if (open.length > 0 && !flags.unfinished) throw notFinished(opened, grades, open);
    if (grades.version !== '' && grades.version !== (await labContent(lab)))
      process.stderr.write(
        `${lab.id} has changed since it was graded, and these grades are of the earlier version: npx tinylab regrade ${calledIn(lab)} --dry-run says who would get another.\n`,
      );
    const changed = gradeDiff(await book.published(lab.id), grades).filter(({ question }) => question === undefined).length;
    const text = canonical(gradesOf(grades));
    const folder = course.exports(lab.id);
    // Nothing is published whose files cannot be written.
    await book.transaction(async within => {
      const number = await within.publish(grades, flags.by);
      for (const name of [`grades-${String(number).padStart(4, '0')}.json`, 'grades.json'])
        writeWhole(join(folder, name), text, { flush: true });
    });
    process.stdout.write(
      `Published ${lab.id}: ${grades.students.length} students, ${changed} totals new or changed. ${join(folder, 'grades.json')}\n`,
    );
  });
}

function notFinished({ lab }: OpenedLab, grades: LabGrades, open: readonly string[]): GraderError {
  const listed = open.slice(0, 10).map(line => `  ${printable(line)}`);
  const more = open.length > 10 ? [`  … and ${open.length - 10} more`] : [];
  const stale = grades.students.some(grade => standingOf(grade) === 'stale');
  return new GraderError(
    'gradebook/refused',
    [`${lab.id} is not finished:`, ...listed, ...more].join('\n'),
    stale
      ? `npx tinylab regrade ${calledIn(lab)} grades everyone with one version; with --unfinished the others are published and these have no score.`
      : 'Grade or review the rest first; with --unfinished the others are published and these have no score.',
  );
}
