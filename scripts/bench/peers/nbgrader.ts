import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Measured, measured } from '../grading/measured.ts';
import { fullScore, notebookOf } from './nbgrader-notebook.ts';

export const nbgraderRequirements = ['nbgrader==0.9.6', 'ipykernel==6.29.5', 'numpy==1.26.4'];

const config = "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n";

/**
 * Grades a class with nbgrader's batch command, as its documentation shows it: a course folder and gradebook of its own, the assignment
 * generated, then one `nbgrader autograde` over everybody, which is what is measured. `variants` students have answers of their own.
 */
export async function nbgraderGrades(python: string, { students, variants }: { students: number; variants: number }): Promise<Measured> {
  const course = mkdtempSync(join(tmpdir(), 'tinylab-nbgrader-'));
  const env = { PATH: `${dirname(python)}:/usr/bin:/bin`, HOME: course, LC_ALL: 'C.UTF-8' };
  const nbgrader = (...args: string[]): Promise<Measured> => measured([python, '-m', 'nbgrader', ...args], { cwd: course, env });
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(course, path)), { recursive: true });
    writeFileSync(join(course, path), content);
  };
  const ids = Array.from({ length: students }, (_, i) => `student-${String(i + 1).padStart(3, '0')}`);
  try {
    write('nbgrader_config.py', config);
    write('source/basics/basics.ipynb', notebookOf());
    await nbgrader('generate_assignment', 'basics', '--create');
    for (const [i, id] of ids.entries()) write(`submitted/${id}/basics/basics.ipynb`, notebookOf((i % variants) + 1));
    const run = await nbgrader('autograde', 'basics', '--create');
    const missing = ids.find(id => !existsSync(join(course, `autograded/${id}/basics/basics.ipynb`)));
    if (missing) throw new Error(`nbgrader did not grade ${missing}: ${run.out.slice(-2_000)}`);
    await nbgrader('export', '--to', 'grades.csv');
    const scores = readFileSync(join(course, 'grades.csv'), 'utf8').split('\n');
    const full = scores.filter(line => line.includes(`,${fullScore}.0,`)).length;
    if (full < students) throw new Error(`nbgrader gave ${full} of ${students} full marks: ${scores.slice(0, 3).join('\n')}`);
    return run;
  } finally {
    rmSync(course, { recursive: true, force: true });
  }
}
