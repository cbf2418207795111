import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { GraderError } from '../base/grader-error.ts';
import { defaultCourse } from '../collect/course.ts';
import { openReview } from '../review/review.ts';
import { startReview } from '../review/server.ts';
import { withLab } from './shared/opened-course.ts';

interface ReviewFlags {
  readonly port: number;
  readonly question?: string;
  readonly blind?: boolean;
  readonly grader: string;
  readonly course: string;
}

const help = `
The page shows one question across all students. Everything works from the keyboard; ? lists the keys. Items of the rubric and the comment
bank are kept in the lab's rubric.json, grades in the course's gradebook. Several graders may work at once, in several pages or through
several of these commands. What is published stays until "tinylab publish LAB". End it with Ctrl-C.
Exit code: 0 ended by Ctrl-C, 2 it could not begin.`;

/** Adds `tinylab review`. */
export function register(program: Command): void {
  program
    .command('review')
    .description('grade answers by hand, in a page that only this machine can open')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .option('--question <id>', 'begin with this question; by default the first that people grade')
    .option('--blind', 'show no names and nothing that tells them; each question in an order of its own')
    .option('--grader <name>', 'who grades', userInfo().username)
    .option('--port <number>', 'by default a free one', portOf, 0)
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .addHelpText('after', help)
    .action(review);
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('a port from 0 to 65535 is needed');
  return port;
}

async function review(lab: string, { port, question, blind = false, grader, course }: ReviewFlags): Promise<void> {
  await withLab({ lab, course }, async opened => {
    const review = await openReview(opened, { blind, grader, ...(question !== undefined && { question }) });
    const page = await review.page();
    if (page.rows.length === 0)
      throw new GraderError('gradebook/unknown', `Nobody has handed in ${page.lab}.`, 'Collect first: npx tinylab collect LAB SOURCE.');
    const server = await startReview(review, { port });
    process.stdout.write(`${page.question.question}: ${page.rows.length} answers. Open ${server.url}\nCtrl-C ends it.\n`);
    await new Promise<void>(done => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
    });
    await server.close();
    const rows = await review.rows(page.question.question);
    process.stdout.write(`${page.question.question}: ${rows.filter(row => row.grade).length} of ${rows.length} graded.\n`);
  });
}
