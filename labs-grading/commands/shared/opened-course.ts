import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { GraderError } from '../../base/grader-error.ts';
import { printable } from '../../base/text.ts';
import type { Reading } from '../../collect/choose-notebook.ts';
import { collectInto } from '../../collect/collect.ts';
import { type Course, courseIn } from '../../collect/course.ts';
import { readRoster } from '../../collect/roster.ts';
import { type LabGradesOptions, labGrades } from '../../gradebook/policy/lab-grades.ts';
import { lateDaysLeft } from '../../gradebook/policy/late-days.ts';
import { datesOf, type LabSettings, labSettings, settingsOf } from '../../gradebook/policy/settings.ts';
import type { LabGrades } from '../../gradebook/records.ts';
import type { Store } from '../../gradebook/store/contract.ts';
import { lockLab, type UnderWay } from '../../gradebook/store/lock.ts';
import { openGradebook } from '../../gradebook/store/sqlite-store.ts';
import { calledIn, type GradedLab, labOf } from '../../lab/labs.ts';
import { deliveredBy, readingOf } from '../../lab/rebuild.ts';

/** One lab of a course, open for a command. */
export interface OpenedLab {
  readonly course: Course;
  readonly book: Store;
  readonly lab: GradedLab;
  readonly settings: LabSettings;
  grades(options?: Pick<LabGradesOptions, 'gradingAt' | 'facts'>): Promise<LabGrades>;
  /** Tells others what is being graded now, where the command has the lab for itself. */
  tell(underWay: readonly UnderWay[]): void;
}

export interface AskedLab {
  readonly lab: string;
  readonly course: string;
  /** Name of the command, where it needs the lab for itself. */
  readonly what?: string;
  /** Whether a course may begin here. */
  readonly begins?: boolean;
}

/** Opens a course for one command on one lab. @throws GraderError */
export async function withLab<T>(asked: AskedLab, work: (opened: OpenedLab) => T | Promise<T>): Promise<T> {
  const lab = labOf(asked.lab);
  const course = courseIn(resolve(asked.course));
  const { what } = asked;
  if (!asked.begins && !existsSync(course.folder)) throw noCourse(course);
  const courseSettings = settingsOf(course);
  const settings = labSettings(courseSettings, lab.id);
  const lock = what === undefined ? undefined : lockLab(course, lab.id, what);
  try {
    const book = await openGradebook(course);
    try {
      const grades: OpenedLab['grades'] = async more =>
        labGrades(book, lab, { settings, lateDaysLeft: await lateDaysLeft(book, courseSettings, lab.id), ...more });
      return await work({ course, book, lab, settings, grades, tell: now => lock?.tell(now) });
    } finally {
      await book.close();
    }
  } finally {
    lock?.release();
  }
}

/** Takes in what lies at `source`; what was refused is said. */
export async function collectFrom({ course, book, lab, settings }: OpenedLab, source: string, say: (line: string) => void): Promise<void> {
  const roster = existsSync(course.roster) ? readRoster(course.roster, say) : undefined;
  const where = { lab: lab.id, source: resolve(source), sourceName: basename(resolve(source)), dates: datesOf(settings) };
  const read = (notebook: Buffer | undefined): Reading => readingOf(lab, notebook);
  const { refused, collected } = await collectInto(course, book, { ...where, read, delivers: deliveredBy(lab), ...(roster && { roster }) });
  for (const { student, reading } of collected)
    if (reading.handIn) say(`${printable(student)}: ${reading.handIn}: a person has to look at it`);
  for (const { path, reason } of refused) say(`refused: ${printable(path)}: ${printable(reason)}`);
}

function noCourse({ folder }: Course): GraderError {
  return new GraderError(
    'gradebook/unknown',
    `There is no course in ${folder}.`,
    'Name its folder with --course, or collect something first.',
  );
}

/** @throws GraderError where there is nothing to grade. */
export async function assertHandedIn({ book, lab }: OpenedLab): Promise<void> {
  if ((await book.submissions(lab.id)).length > 0) return;
  const next = `Collect what students handed in: npx tinylab grade ${calledIn(lab)} SOURCE.`;
  throw new GraderError('gradebook/unknown', `Nothing was handed in for ${lab.id}.`, next);
}
