import Table from 'cli-table3';
import type { Command } from 'commander';
import { named, printable } from '../base/text.ts';
import { type GradeClassResult, gradeClass } from '../gradebook/grading/grade-class.ts';
import { type Change, gradeDiff, type Mark } from '../gradebook/policy/grade-diff.ts';
import { countingGrading } from '../gradebook/policy/lab-grades.ts';
import { selected, submissionsToGrade } from '../gradebook/policy/selection.ts';
import type { GradingRecord, LabGrades } from '../gradebook/records.ts';
import { standingOf } from '../gradebook/standing.ts';
import { calledIn } from '../lab/labs.ts';
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
import { type OpenedLab, withLab } from './shared/opened-course.ts';
import { toolLines } from './shared/tool-lines.ts';

interface RegradeFlags extends GradingFlags {
  readonly dryRun?: boolean;
}

const help = `
Grades again what the lab's changes touch, and says who gets another grade than the published one, or, before anything was published, than the
one before. With --dry-run no attempt is written; what was found is kept, so that the real run is quick. Published grades stay as they are
until "tinylab publish LAB".
${exitHelp}`;

/** Adds `tinylab regrade`. */
export function register(program: Command): void {
  const command = program
    .command('regrade')
    .description('grade again after the lab has changed, and say which grades change')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .option('--dry-run', 'only say what would change');
  choiceOptions(gradingOptions(command)).addHelpText('after', help).action(regrade);
}

async function regrade(id: string, flags: RegradeFlags): Promise<void> {
  const command = async (opened: OpenedLab): Promise<void> => {
    if (!(await readyToGrade(opened))) return;
    const published = await opened.book.published(opened.lab.id);
    const before = published ?? (await opened.grades());
    const { result, after } = await run(opened, flags, before);
    const { facts: _, ...told } = result;
    await opened.book.log('regrade', { lab: opened.lab.id, dryRun: flags.dryRun ?? false, ...told });
    const stale = after.students.filter(grade => standingOf(grade) === 'stale').map(({ student }) => student.id);
    const changes = gradeDiff(before, after).filter(({ student }) => !stale.includes(student));
    print(changes, { ...flags, published: published !== undefined });
    const lab = calledIn(opened.lab);
    for (const line of toolLines(lab, after, result.tools)) say(line);
    if (stale.length > 0)
      say(
        `${stale.length} of the class are still graded with another version of ${opened.lab.id}, ${named(stale)}: npx tinylab regrade ${lab}`,
      );
    process.exitCode = exitOf(result);
  };
  await withLab({ lab: id, course: flags.course, what: 'regrade' }, command);
}

async function run(opened: OpenedLab, flags: RegradeFlags, before: LabGrades): Promise<{ result: GradeClassResult; after: LabGrades }> {
  const { book, lab, settings, grades } = opened;
  const { only, dryRun: trial = false } = flags;
  const submissions = selected(submissionsToGrade(await book.submissions(lab.id), settings), only, before);
  const tried = new Map<number, string>();
  const shown = progress(say);
  const result = await gradeClass({
    ...settingOf(opened, flags),
    ...{ submissions, trial },
    ...chosenBy(flags),
    onGraded: graded => {
      tried.set(graded.submission.id, graded.gradeKey);
      shown(graded);
    },
  });
  const gradingAt = async (submission: { id: number }): Promise<GradingRecord | undefined> => {
    const gradeKey = tried.get(submission.id);
    const report = gradeKey === undefined ? undefined : await book.reportOf(gradeKey);
    if (gradeKey === undefined || !report) return countingGrading(book, submission);
    return { id: 0, submission: submission.id, gradeKey, finishedAt: '', wallMs: 0, report };
  };
  return { result, after: await grades(trial ? { gradingAt, facts: result.facts } : {}) };
}

function print(changes: readonly Change[], flags: RegradeFlags & { published: boolean }): void {
  if (flags.json) return void process.stdout.write(`${JSON.stringify(changes, null, 1)}\n`);
  const table = new Table({ head: ['student', 'question', 'before', 'after'], style: { head: [], border: [] } });
  for (const { student, question, before, after } of changes)
    table.push([printable(student), question ?? 'total', shown(before), shown(after)]);
  const totals = changes.filter(({ question }) => question === undefined).length;
  const than = flags.published ? 'than the published one' : 'than before';
  const next = flags.dryRun ? 'Nothing was written.' : flags.published ? 'Published grades stay until "publish".' : 'Nothing is published.';
  const summary = `${totals} of the totals ${flags.dryRun ? 'would be' : 'are'} another ${than}. ${next}`;
  process.stdout.write(changes.length > 0 ? `${table.toString()}\n${summary}\n` : `No grade changes. ${next}\n`);
}

function shown(mark: Mark | undefined): string {
  if (!mark) return '–';
  return `${mark.score}/${mark.maximum}${mark.state && !['passed', 'failed', 'partial'].includes(mark.state) ? ` ${mark.state}` : ''}`;
}
