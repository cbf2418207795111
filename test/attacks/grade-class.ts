import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CollectReport, collectInto } from '../../labs-grading/collect/collect.ts';
import { courseIn } from '../../labs-grading/collect/course.ts';
import { gradeClass as grade } from '../../labs-grading/gradebook/grading/grade-class.ts';
import { labGrades } from '../../labs-grading/gradebook/policy/lab-grades.ts';
import { datesOf, labSettings, settingsOf } from '../../labs-grading/gradebook/policy/settings.ts';
import type { LabGrades } from '../../labs-grading/gradebook/records.ts';
import { openGradebook } from '../../labs-grading/gradebook/store/sqlite-store.ts';
import { tightLimits } from '../labs-grading/fixtures/tight-limits.ts';
import { attackLab } from './lab.ts';
import { children } from './leftovers.ts';

export interface GradedClass {
  readonly collected: CollectReport;
  readonly grades: LabGrades;
  /** Process ids of all who graded. */
  readonly graders: ReadonlySet<number>;
}

/** Collects what lies in a class's folder and grades it with two workers, as the command does. */
export async function gradeClass(folder: string): Promise<GradedClass> {
  const course = courseIn(`${folder}-course`);
  const book = await openGradebook(course);
  const graders = new Set([process.pid]);
  const lookAround = setInterval(() => {
    for (const pid of children()) graders.add(pid);
  }, 200);
  try {
    const collected = await collectInto(course, book, {
      lab: attackLab.id,
      source: folder,
      sourceName: 'class',
      dates: datesOf(labSettings(settingsOf(course), attackLab.id)),
    });
    await grade({ book, lab: attackLab, submissions: await book.submissions(attackLab.id), seed: 7, workers: 2, limits: tightLimits });
    return { collected, grades: await labGrades(book, attackLab), graders };
  } finally {
    clearInterval(lookAround);
    await book.close();
    rmSync(join(course.folder), { recursive: true, force: true });
  }
}
