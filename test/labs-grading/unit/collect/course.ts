import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CollectBook, type CollectOptions, type CollectReport, collectInto } from '../../../../labs-grading/collect/collect.ts';
import { type Course, courseIn } from '../../../../labs-grading/collect/course.ts';
import type { StudentRecord, SubmissionRecord } from '../../../../labs-grading/collect/records.ts';
import { parseRoster } from '../../../../labs-grading/collect/roster.ts';
import { datesOf, labSettings, settingsOf } from '../../../../labs-grading/gradebook/policy/settings.ts';
import { openGradebook } from '../../../../labs-grading/gradebook/store/sqlite-store.ts';

export const scratch = (): string => mkdtempSync(join(tmpdir(), 'tinylab-collect-'));

/** Relative paths of a folder's files with their text, sorted. */
export function tree(folder: string, prefix = ''): Record<string, string> {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.assign(
    {},
    ...entries.map(entry => {
      const path = `${prefix}${entry.name}`;
      return entry.isDirectory() ? tree(folder, `${path}/`) : { [path]: readFileSync(join(folder, path), 'utf8') };
    }),
  );
}

/** A gradebook that forgets, for tests that need hundreds. */
function memoryBook(): CollectBook & { close(): Promise<void> } {
  const students = new Map<string, StudentRecord>();
  const submissions: SubmissionRecord[] = [];
  return {
    students: async () => [...students.values()],
    putStudents: async records => {
      for (const record of records) students.set(record.id, record);
    },
    submissions: async (lab, student) => submissions.filter(one => one.lab === lab && (student === undefined || one.student === student)),
    addSubmission: async submission => {
      submissions.push({ ...submission, id: submissions.length + 1 });
      return submissions.at(-1) as SubmissionRecord;
    },
    log: async () => undefined,
    close: async () => undefined,
  };
}

/** A course with a real gradebook in a folder of its own. */
export class TestCourse {
  readonly course: Course;
  readonly book: CollectBook & { close(): Promise<void> };

  constructor(course: Course, book: TestCourse['book']) {
    this.course = course;
    this.book = book;
  }

  static async open(settings: object = {}, { inMemory = false } = {}): Promise<TestCourse> {
    const course = courseIn(join(scratch(), 'course'));
    mkdirSync(course.folder, { recursive: true });
    writeFileSync(course.settings, JSON.stringify(settings));
    return new TestCourse(course, inMemory ? memoryBook() : await openGradebook(course));
  }

  collect(source: string, options: Partial<CollectOptions> & { csv?: string } = {}): Promise<CollectReport> {
    const { csv, ...rest } = options;
    const roster = csv === undefined ? {} : { roster: parseRoster(csv, 'roster.csv') };
    const dates = datesOf(labSettings(settingsOf(this.course), rest.lab ?? 'lab'));
    return collectInto(this.course, this.book, { lab: 'lab', source, sourceName: 'source', dates, ...roster, ...rest });
  }

  /** Files of every snapshot of a student, in the order of collecting. */
  async snapshots(student: string): Promise<Record<string, string>[]> {
    return (await this.book.submissions('lab', student)).map(({ folder }) => tree(folder));
  }

  /** Everything below the course, with what could change: sizes, modes, times. */
  state(): string[] {
    const walk = (folder: string): string[] =>
      readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
        const path = join(folder, entry.name);
        const { mode, mtimeMs, size } = statSync(path);
        return [`${path} ${mode.toString(8)} ${entry.isFile() ? `${size} ${mtimeMs}` : ''}`, ...(entry.isDirectory() ? walk(path) : [])];
      });
    return walk(this.course.submissions('lab')).sort();
  }
}
