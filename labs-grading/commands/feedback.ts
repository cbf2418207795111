import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { GraderError } from '../base/grader-error.ts';
import { writeChanged } from '../base/write-whole.ts';
import { defaultCourse } from '../collect/course.ts';
import { findStudent } from '../gradebook/policy/find-student.ts';
import { rubricOf } from '../lab/rubric.ts';
import { feedbackOf } from '../report/feedback/feedback.ts';
import { feedbackMarkdown } from '../report/feedback/markdown.ts';
import { feedbackPage } from '../report/feedback/page.ts';
import { proseAnswers } from '../review/prose-answers.ts';
import { Counter } from './shared/counter.ts';
import { gradesToTell } from './shared/grades-to-tell.ts';
import { withLab } from './shared/opened-course.ts';

interface FeedbackFlags {
  readonly course: string;
  readonly student?: string;
  readonly out?: string;
  readonly draft?: boolean;
}

const help = `
Writes STUDENT.html and STUDENT.md, each complete in itself and without a script. Pages that say the same already are left alone.
Of hidden cases students learn how many there were and the author's words. GRADING.md says what else stays out, and why.`;

/** Adds `tinylab feedback`. */
export function register(program: Command): void {
  program
    .command('feedback')
    .description('write a page for each student: points, what was asked, what came, hints, comments')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .option('--student <who>', 'only this student: id, name or e-mail, or a part that fits nobody else')
    .option('--out <dir>', 'where to (default: COURSE/feedback/LAB)')
    .option('--draft', 'the present grades, also those that are not published')
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .addHelpText('after', help)
    .action(writeFeedback);
}

async function writeFeedback(id: string, flags: FeedbackFlags): Promise<void> {
  await withLab({ lab: id, course: flags.course }, async opened => {
    const { course, lab } = opened;
    const { grades, draft } = await gradesToTell(opened, flags.draft);
    const chosen = flags.student === undefined ? grades.students : [findStudent(grades, flags.student)];
    const folder = resolve(flags.out ?? course.feedback(lab.id));
    const rubric = rubricOf(lab);
    const counter = new Counter('pages', chosen.length);
    let written = 0;
    for (const grade of chosen) {
      const feedback = feedbackOf(grades, grade, { rubric, draft, answers: proseAnswers(grade, lab) });
      const path = join(folder, fileName(grade.student.id));
      const changed = [writeChanged(`${path}.html`, feedbackPage(feedback)), writeChanged(`${path}.md`, feedbackMarkdown(feedback))];
      if (changed.includes(true)) written++;
      await counter.step();
    }
    counter.done();
    process.stdout.write(`${folder}: ${chosen.length} students, ${written} new or changed${draft ? ', draft' : ''}.\n`);
  });
}

/** A student's file. Ids are file names; one that is none is refused rather than bent. */
function fileName(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,199}$/.test(id)) return id;
  throw new GraderError(
    'gradebook/refused',
    `The student id ${JSON.stringify(id)} is no file name.`,
    'Give the student another id in the roster.',
  );
}
