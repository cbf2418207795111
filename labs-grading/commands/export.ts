import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { printable } from '../base/text.ts';
import { writeWhole } from '../base/write-whole.ts';
import { defaultCourse } from '../collect/course.ts';
import { exportError } from '../report/export/export-error.ts';
import type { Exported } from '../report/export/exported.ts';
import { formats } from '../report/export/formats.ts';
import { gradescopeBundle } from '../report/export/gradescope/bundle.ts';
import { moodleLabels } from '../report/export/moodle.ts';
import { gradesToTell } from './shared/grades-to-tell.ts';
import { type OpenedLab, withLab } from './shared/opened-course.ts';

interface ExportFlags {
  readonly to: string;
  readonly course: string;
  readonly gradebook?: string;
  readonly column?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly zeros?: boolean;
  readonly out?: string;
  readonly draft?: boolean;
}

const help = `
canvas, moodle and blackboard fill one column of a table that you download there and name with --gradebook; everything else in it goes back
as it came. The column is found by the lab's title or id, or by --column. Students are found by the ids of the roster, e-mail or name.
prairielearn writes STUDENT/results.json. gradescope writes the archive that grades there; it needs no grades and holds hidden cases.
Texts that a spreadsheet program would run as formulas get an apostrophe in front.`;

/** Adds `tinylab export`. */
export function register(program: Command): void {
  program
    .command('export')
    .description('write the grades of a lab for another system')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .addOption(new Option('--to <system>', 'where they go').choices([...Object.keys(formats), 'gradescope']).makeOptionMandatory())
    .option('--gradebook <file>', 'the table that was downloaded there')
    .option('--column <name>', 'header of the column to fill')
    .option(
      '--label <name=text>',
      `what a Moodle worksheet in another language calls ${moodleLabels.join(', ')}; may be repeated`,
      labelled,
    )
    .option('--zeros', 'write 0 for students who handed nothing in')
    .option('--out <path>', 'file, or folder where there are several (default: in COURSE/exports/LAB)')
    .option('--draft', 'the present grades, also those that are not published')
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .addHelpText('after', help)
    .action(run);
}

function labelled(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name = '', label = ''] = /^(\w+)=(.+)$/s.exec(text) ?? [];
  if (!moodleLabels.includes(name)) throw new InvalidArgumentError(`NAME=TEXT is needed, with a NAME of ${moodleLabels.join(', ')}`);
  return { ...before, [name]: label };
}

async function run(lab: string, flags: ExportFlags): Promise<void> {
  if (flags.to === 'gradescope') {
    const content = await gradescopeBundle(lab);
    const path = resolve(flags.out ?? `${lab}-gradescope.zip`);
    writeWhole(path, content);
    process.stdout.write(`${path}: ${(content.length / 1e6).toFixed(1)} MB. It holds hidden cases: give it to Gradescope only.\n`);
    return;
  }
  await withLab({ lab, course: flags.course }, opened => exportGrades(opened, flags));
}

async function exportGrades(opened: OpenedLab, flags: ExportFlags): Promise<void> {
  const { column, zeros, label, gradebook } = flags;
  const { grades, draft } = await gradesToTell(opened, flags.draft);
  const exported = formats[flags.to]?.(grades, {
    ...(gradebook !== undefined && { gradebook: { bytes: readGiven(gradebook), file: gradebook } }),
    ...(column !== undefined && { column }),
    ...(label && { labels: label }),
    ...(zeros && { zeros }),
  });
  if (!exported) throw exportError('--to', `there is no ${flags.to}.`, `Known are: ${Object.keys(formats).join(', ')}.`);
  const where = write(exported, { out: flags.out, folder: opened.course.exports(opened.lab.id), gradebook });
  process.stdout.write(`${where}: ${grades.students.length} students${draft ? ', draft' : ''}\n`);
  for (const note of exported.notes) process.stdout.write(`  ${printable(note)}\n`);
}

function readGiven(path: string): Buffer {
  if (!existsSync(path) || !statSync(path).isFile())
    throw exportError(path, 'there is no such file.', 'Name the table that you downloaded.');
  if (statSync(path).size > 100e6) throw exportError(path, 'it has more than 100 MB.', 'Name the table that you downloaded.');
  return readFileSync(path);
}

/** One file goes to `out` itself, several below it. The table that came is never written over. */
function write({ files }: Exported, { out, folder, gradebook }: { out?: string; folder: string; gradebook?: string }): string {
  const [only] = files;
  const single = files.length === 1 && only && !only.name.includes('/');
  const target = resolve(out ?? (single ? join(folder, only.name) : folder));
  if (gradebook !== undefined && resolve(gradebook) === target)
    throw exportError(target, 'it is the table that came.', 'Name another file with --out.');
  const outside = files.find(({ name }) => !inside(target, join(target, name)));
  if (outside) throw exportError(outside.name, 'it would lie outside the folder.', 'Give the student another id in the roster.');
  if (single) writeWhole(target, only.content);
  else for (const { name, content } of files) writeWhole(join(target, name), content);
  return target;
}

const inside = (folder: string, path: string): boolean => path.startsWith(`${folder}${sep}`);
