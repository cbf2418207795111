import type { Anomaly } from '../base/anomaly.ts';
import type { Reading } from './choose-notebook.ts';
import { contested, contestedNote } from './contested.ts';
import type { Course } from './course.ts';
import { type HandIn, handInsOf } from './hand-ins.ts';
import { Identities } from './identity.ts';
import { labVersionOf } from './lab-version.ts';
import { parcelsOf } from './layouts/detect.ts';
import { openSource } from './open-source.ts';
import type { Layout, Parcel } from './parcel.ts';
import { type Picked, pick } from './pick.ts';
import type { NewSubmission, StudentRecord, SubmissionRecord } from './records.ts';
import { digestOf, writeSnapshot } from './snapshot.ts';
import type { Refusal } from './source.ts';

export interface CollectOptions {
  /** Lab id: the notebook's name without its ending. */
  readonly lab: string;
  /** Folder or zip. */
  readonly source: string;
  /** What the source is called in records; its file name. */
  readonly sourceName: string;
  readonly layout?: Layout;
  /** Names of what the lab delivers: one may end with a number, as a second upload does. */
  readonly delivers?: readonly string[];
  readonly dates: LabDates;
  /** Reads a notebook as the grader will; by default nothing is told of what stands in it. */
  readonly read?: (notebook: Buffer | undefined) => Reading;
  /** Written into the book before anything is collected. */
  readonly roster?: readonly StudentRecord[];
  /** Look, and write nothing. */
  readonly dryRun?: boolean;
  /** No further student is begun once this fires. */
  readonly drain?: AbortSignal;
  readonly onStudent?: (collected: Collected, done: number, total: number) => void;
}

/** What collecting asks of a course's settings about when the lab is due. */
export interface LabDates {
  /** ISO 8601; undefined: never late. */
  readonly due?: string | undefined;
  /** A submission at most this late is on time. */
  readonly graceMinutes: number;
  /** Days that have begun since the due time that counts for the student; 0 is on time. */
  daysLate(submission: Pick<SubmissionRecord, 'student' | 'submittedAt' | 'digest'>): number;
}

/** Where collecting writes its records. */
export interface CollectBook {
  students(): Promise<readonly StudentRecord[]>;
  putStudents(students: readonly StudentRecord[]): Promise<void>;
  submissions(lab: string, student?: string): Promise<readonly SubmissionRecord[]>;
  /** The same student with the same digest and time is the same submission. */
  addSubmission(submission: NewSubmission): Promise<SubmissionRecord>;
  log(action: string, detail: unknown): Promise<void>;
}

/** One handIn of one student. */
export interface Collected {
  readonly student: string;
  /** Whether the roster knows the student. */
  readonly known: boolean;
  /** `same`: nothing has changed since the submission before it. */
  readonly outcome: 'new' | 'same';
  readonly submittedAt: string;
  /** Where the time comes from. */
  readonly timeFrom: string;
  readonly daysLate: number;
  readonly files: readonly string[];
  readonly anomalies: readonly Anomaly[];
  /** What grading will say of the notebook. */
  readonly reading: Reading;
}

export interface CollectReport {
  readonly lab: string;
  readonly layout: Layout;
  readonly collected: readonly Collected[];
  /** Names in the source that belong to nobody because they were refused. */
  readonly refused: readonly Refusal[];
  /** Students of the roster from whom there is no submission at all, earlier ones counted. */
  readonly missing: readonly string[];
  readonly interrupted: boolean;
}

/**
 * Takes what students handed in into the course: a read-only snapshot of every handIn, and its record. What is wrong with one file or one
 * student is noted there, and the rest goes on. Collecting the same source again changes nothing.
 * @throws GraderError when nothing can be collected, or the disk takes no more; what was collected before is kept.
 */
export async function collectInto(course: Course, book: CollectBook, options: CollectOptions): Promise<CollectReport> {
  const source = await openSource(options.source);
  try {
    const { layout, parcels, strays } = await parcelsOf(source, options);
    const roster = options.roster ?? (await book.students());
    if (options.roster && !options.dryRun) await book.putStudents(options.roster);
    const identities = new Identities(roster);
    const run = { course, book, options, layout, identities, contested: contested(parcels, identities) };
    const collected: Collected[] = [];
    let done = 0;
    // Who has nothing comes last: what somebody has handed in under the same name is known by then.
    for (const parcel of parcels.toSorted((a, b) => Number(hasNothing(a)) - Number(hasNothing(b)))) {
      if (options.drain?.aborted) break;
      const found = await collectParcel(run, parcel);
      collected.push(...found);
      done++;
      for (const one of found) options.onStudent?.(one, done, parcels.length);
    }
    const interrupted = done < parcels.length;
    if (!options.dryRun)
      await book.log('collect', { ...counts(collected), lab: options.lab, source: options.sourceName, layout, interrupted });
    return {
      lab: options.lab,
      layout,
      collected,
      refused: [...source.refused, ...strays],
      missing: await missing(run, roster, collected),
      interrupted,
    };
  } finally {
    source.close();
  }
}

interface Run {
  readonly course: Course;
  readonly book: CollectBook;
  readonly options: CollectOptions;
  readonly layout: Layout;
  readonly identities: Identities;
  /** Ids of students for whom several people in the source stand. */
  readonly contested: ReadonlySet<string>;
}

async function collectParcel(run: Run, parcel: Parcel): Promise<Collected[]> {
  const collected: Collected[] = [];
  for (const handIn of await handInsOf(parcel, run.options.lab)) {
    const picked = await pick(handIn.files, run.options.lab, { room: handIn.room, ...(run.options.read && { read: run.options.read }) });
    const notebook = picked.files.get(`${run.options.lab}.ipynb`);
    const reading = run.options.read?.(notebook) ?? { anomalies: [], written: 0 };
    for (const who of parcel.who) {
      const { student, known } = run.identities.find(who);
      if (!known && !run.options.dryRun) await run.book.putStudents([student]);
      const time = settledTime(handIn.time, parcel, run.options.dates);
      collected.push({ ...(await keep(run, { student: student.id, parcel, handIn: { ...handIn, time }, picked, reading })), known });
    }
  }
  return collected;
}

/**
 * Canvas's archive carries the time of the download, and says who was late but not how late. So who was on time is never dated after the due
 * time, and who was late just after it: the least that is known.
 */
function settledTime(time: HandIn['time'], parcel: Parcel, dates: LabDates): HandIn['time'] {
  if (parcel.late === undefined || dates.due === undefined) return time;
  const due = Date.parse(dates.due);
  const grace = dates.graceMinutes * 60_000;
  if (parcel.late) return { at: new Date(due + grace + 1).toISOString(), from: lateByName };
  return Date.parse(time.at) > due ? { at: new Date(due).toISOString(), from: 'not marked LATE' } : time;
}

const lateByName = 'marked LATE';
const lateNote: Anomaly = { kind: 'missing', about: 'time', detail: 'marked LATE, and not how late: counted as the first day' };

async function keep(
  run: Run,
  found: { student: string; parcel: Parcel; handIn: HandIn; picked: Picked; reading: Reading },
): Promise<Omit<Collected, 'known'>> {
  const { course, book, options, layout } = run;
  const { student, handIn, picked, reading } = found;
  const digest = digestOf(picked.files);
  const { at: submittedAt, from: timeFrom } = handIn.time;
  const anomalies = [
    ...(run.contested.has(student) ? [contestedNote] : []),
    ...(timeFrom === lateByName ? [lateNote] : []),
    ...(found.parcel.anomalies ?? []),
    ...handIn.anomalies,
    ...picked.anomalies,
  ];
  const before = await book.submissions(options.lab, student);
  // An empty folder takes nothing back that was handed in.
  const known = isKnown(before, submittedAt, digest) || (hasNothing(found.parcel) && before.length > 0);
  if (!known && !options.dryRun) {
    const folder = writeSnapshot(course.submissions(options.lab, student), picked.files, submittedAt);
    const source = `${layout}: ${options.sourceName}; time: ${timeFrom}`;
    const labVersion = labVersionOf(picked.files.get(`${options.lab}.ipynb`));
    await book.addSubmission({
      lab: options.lab,
      student,
      folder,
      digest,
      submittedAt,
      source,
      anomalies,
      ...(labVersion !== undefined && { labVersion }),
    });
  }
  const daysLate = options.dates.daysLate({ student, submittedAt, digest });
  return { student, outcome: known ? 'same' : 'new', submittedAt, timeFrom, daysLate, files: [...picked.files.keys()], anomalies, reading };
}

const hasNothing = ({ files }: Parcel): boolean => files.every(({ isEmptyFolder }) => isEmptyFolder);

/** Whether the submission that came before this one, or with it, has the same files. Handing in the same again is no new handIn. */
function isKnown(submissions: readonly SubmissionRecord[], submittedAt: string, digest: string): boolean {
  const time = Date.parse(submittedAt);
  const before = submissions
    .filter(one => Date.parse(one.submittedAt) <= time)
    .sort((a, b) => Date.parse(a.submittedAt) - Date.parse(b.submittedAt));
  const latest = before.filter(one => one.submittedAt === before.at(-1)?.submittedAt);
  return latest.some(one => one.digest === digest);
}

function counts(collected: readonly Collected[]): Record<string, number> {
  const of = (test: (one: Collected) => boolean): number => collected.filter(test).length;
  return { new: of(one => one.outcome === 'new'), same: of(one => one.outcome === 'same'), late: of(one => one.daysLate > 0) };
}

async function missing(run: Run, roster: readonly StudentRecord[], collected: readonly Collected[]): Promise<string[]> {
  const here = new Set([
    ...(await run.book.submissions(run.options.lab)).map(({ student }) => student),
    ...collected.map(({ student }) => student),
  ]);
  return roster.filter(({ id }) => !here.has(id)).map(({ id }) => id);
}
