import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from './base/project.ts';
import { writeWhole } from './base/write-whole.ts';
import { withLab } from './commands/shared/opened-course.ts';
import { gradescopeResults } from './report/export/gradescope/results.ts';
import { isGradable } from './run/submission-report.ts';

// Started by run_autograder with the lab and Gradescope's folder; exit code 0 exactly when results.json is there. Lateness is Gradescope's.

const student = 'student';

/** The submission as `collect` takes it, with its notebook under the lab's name: students upload under any. */
function prepared(lab: string, autograder: string, folder: string): string {
  const submission = join(autograder, 'submission');
  const source = join(folder, 'source');
  const own = join(source, student);
  mkdirSync(source, { recursive: true });
  cpSync(submission, own, { recursive: true, verbatimSymlinks: true });
  const notebooks = readdirSync(own).filter(name => name.endsWith('.ipynb'));
  if (!notebooks.includes(`${lab}.ipynb`) && notebooks.length === 1)
    renameSync(join(own, notebooks[0] as string), join(own, `${lab}.ipynb`));
  return source;
}

async function main([lab, autograder]: readonly string[]): Promise<void> {
  if (lab === undefined || autograder === undefined) throw new Error('usage: run.ts LAB AUTOGRADER');
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-gradescope-'));
  try {
    const course = join(folder, 'course');
    const args = [join(projectFolder, 'labs-grading/cli.ts'), 'grade', lab, prepared(lab, autograder, folder), '--course', course];
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: projectFolder });
    if (status !== 0) throw new Error(`Not graded: grade ended with ${status}.`);
    await withLab({ lab, course }, async ({ grades }) => {
      const all = await grades();
      const [grade, ...others] = all.students;
      if (!grade || others.length > 0 || !grade.grading || !isGradable(grade.grading.report))
        throw new Error('Not graded: there is no grade for this submission.');
      writeWhole(join(autograder, 'results/results.json'), `${JSON.stringify(gradescopeResults(all, grade), null, 1)}\n`);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
