import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { writeChanged } from '../base/write-whole.ts';
import { defaultCourse } from '../collect/course.ts';
import { similarityPage } from '../report/similarity/page.ts';
import { similarityOf } from '../report/similarity/similarity.ts';
import { withLab } from './shared/opened-course.ts';

interface SimilarityFlags {
  readonly course: string;
  readonly threshold: number;
  readonly out?: string;
  readonly json?: boolean;
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('a share above 0 and at most 1 is needed, such as 0.5');
  return value;
}

const help = `
Compares answer cells by winnowing over TypeScript tokens, without names, literals and comments, without what the lab gave and what many
have. Flags for a person to look at: nothing here is proof, and nothing here changes a grade.`;

/** Adds `tinylab similarity`. */
export function register(program: Command): void {
  program
    .command('similarity')
    .description('show passages and models that students share, for a person to look at')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .option('--threshold <share>', 'least share of one’s own code that is told, 0–1', share, 0.5)
    .option('--out <file>', 'where to (default: COURSE/exports/LAB/similarity.html)')
    .option('--json', 'print the pairs as JSON, and write no page')
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .addHelpText('after', help)
    .action(similarity);
}

async function similarity(id: string, flags: SimilarityFlags): Promise<void> {
  await withLab({ lab: id, course: flags.course }, async ({ course, lab, grades }) => {
    const { similarity: found, answers } = similarityOf(lab, await grades(), flags.threshold);
    if (flags.json) return void process.stdout.write(`${JSON.stringify(found, null, 1)}\n`);
    const path = resolve(flags.out ?? join(course.exports(lab.id), 'similarity.html'));
    writeChanged(path, similarityPage(found, answers));
    const { compared, pairs, models, refused } = found;
    process.stdout.write(
      `${path}: ${compared} students compared, ${pairs.length} pairs, ${models.length} equal models, ${refused.length} not compared, or in part.\n`,
    );
    process.stdout.write('Flags for a person to look at; they prove nothing and change no grade.\n');
  });
}
