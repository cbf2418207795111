import { relative, resolve } from 'node:path';
import type { Course } from '../../collect/course.ts';
import type { NewSubmission, StudentRecord, SubmissionRecord } from '../../collect/records.ts';
import { isGradable, type SubmissionReport } from '../../run/submission-report.ts';
import type { GradingRecord, LabFacts, LabGrades, LogRecord, ManualRecord, OverrideRecord } from '../records.ts';
import { type Access, TakingTurns } from './access.ts';
import { writeBackup } from './backup.ts';
import type { ManualEdit, NewGrading, Store } from './contract.ts';
import { published, publishedBody } from './publications.ts';
import { keepReport, readReport } from './reports.ts';
import { gradingOf, manualOf, overrideOf, submissionOf } from './rows.ts';
import { stale } from './stale.ts';
import { type Row, Tables } from './tables.ts';

/** Opens the gradebook of a course, and makes it on first use. @throws GraderError when it is damaged, newer, or the disk is full. */
export async function openGradebook({ database, folder }: Course): Promise<Store> {
  const tables = new Tables(database);
  return new SqliteStore(tables, resolve(folder), new TakingTurns(tables));
}

const now = (): string => new Date().toISOString();
const gradingColumns = 'SELECT a.*, r.body FROM attempts a JOIN reports r ON r.digest = a.report';

/** A gradebook in one SQLite file. */
class SqliteStore implements Store {
  readonly #tables: Tables;
  /** Folders of submissions are kept relative to it, so that a course can be moved. */
  readonly #folder: string;
  readonly #access: Access;

  constructor(tables: Tables, folder: string, access: Access) {
    this.#tables = tables;
    this.#folder = folder;
    this.#access = access;
  }

  students(): Promise<StudentRecord[]> {
    const rows = (): Row[] => this.#tables.all('SELECT record FROM students ORDER BY id');
    return this.#access.read(() => rows().map(row => JSON.parse(row.record as string)));
  }

  putStudents(students: readonly StudentRecord[]): Promise<void> {
    const sql = 'INSERT OR REPLACE INTO students (id, record) VALUES (?, ?)';
    return this.#access.write(() => {
      for (const student of students) this.#tables.run(sql, student.id, JSON.stringify(student));
    });
  }

  lab(lab: string): Promise<LabFacts | undefined> {
    return this.#access.read(() => this.#lab(lab));
  }

  putLab(facts: LabFacts): Promise<void> {
    const text = JSON.stringify(facts);
    const sql = 'INSERT INTO labs (lab, version, seen_at, facts) VALUES (?, ?, ?, ?)';
    return this.#access.write(() => {
      if (JSON.stringify(this.#lab(facts.lab)) !== text) this.#tables.run(sql, facts.lab, facts.version, now(), text);
    });
  }

  addSubmission(submission: NewSubmission): Promise<SubmissionRecord> {
    const { lab, student, folder, digest, submittedAt, source, labVersion, anomalies } = submission;
    const same = [lab, student, digest, submittedAt];
    return this.#access.write(() => {
      this.#tables.run(
        `INSERT OR IGNORE INTO submissions (lab, student, digest, submitted_at, folder, source, lab_version, anomalies)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...same,
        relative(this.#folder, folder),
        source,
        labVersion ?? null,
        JSON.stringify(anomalies),
      );
      const sql = 'SELECT * FROM submissions WHERE lab = ? AND student = ? AND digest = ? AND submitted_at = ?';
      return submissionOf(this.#tables.get(sql, ...same) as Row, this.#folder);
    });
  }

  submissions(lab: string, student?: string): Promise<SubmissionRecord[]> {
    const sql = 'SELECT * FROM submissions WHERE lab = ? AND (? IS NULL OR student = ?) ORDER BY student, id';
    const rows = (): Row[] => this.#tables.all(sql, lab, student ?? null, student ?? null);
    return this.#access.read(() => rows().map(row => submissionOf(row, this.#folder)));
  }

  addGrading(grading: NewGrading): Promise<GradingRecord> {
    const { submission, gradeKey, finishedAt, wallMs, report } = grading;
    const sql = 'INSERT INTO attempts (submission, grade_key, finished_at, wall_ms, gradable, report) VALUES (?, ?, ?, ?, ?, ?)';
    return this.#access.write(() => {
      const digest = this.#keep(gradeKey, report);
      return { id: this.#tables.run(sql, submission, gradeKey, finishedAt, wallMs, Number(isGradable(report)), digest), ...grading };
    });
  }

  grading(submission: number, gradeKey?: string): Promise<GradingRecord | undefined> {
    const sql = `${gradingColumns} WHERE a.submission = ? AND (? IS NULL OR a.grade_key = ?) ORDER BY a.id DESC LIMIT 1`;
    return this.#access.read(() => {
      const row = this.#tables.get(sql, submission, gradeKey ?? null, gradeKey ?? null);
      return row && gradingOf(this.#tables, row);
    });
  }

  gradings(submission: number): Promise<GradingRecord[]> {
    return this.#access.read(() => this.#gradings(submission));
  }

  gradeKeys(lab: string): Promise<Map<number, string[]>> {
    const sql = `SELECT a.submission, a.grade_key FROM attempts a JOIN submissions s ON s.id = a.submission
      WHERE s.lab = ? AND a.gradable ORDER BY a.id`;
    return this.#access.read(() => {
      const bySubmission = Map.groupBy(this.#tables.all(sql, lab), row => row.submission as number);
      return new Map([...bySubmission].map(([submission, rows]) => [submission, rows.map(row => row.grade_key as string)]));
    });
  }

  reportOf(gradeKey: string): Promise<SubmissionReport | undefined> {
    const sql = 'SELECT r.* FROM graded g JOIN reports r ON r.digest = g.report WHERE g.grade_key = ?';
    return this.#access.read(() => {
      const row = this.#tables.get(sql, gradeKey);
      return row && readReport(this.#tables, row.digest as string, row.body as string);
    });
  }

  remember(gradeKey: string, report: SubmissionReport): Promise<void> {
    return this.#access.write(() => void this.#keep(gradeKey, report));
  }

  override(record: Omit<OverrideRecord, 'at'>): Promise<void> {
    const { lab, student, question, score, reason, by } = record;
    const sql = 'INSERT INTO overrides (lab, student, question, score, reason, by, at) VALUES (?, ?, ?, ?, ?, ?, ?)';
    return this.#access.write(() => {
      this.#tables.run(sql, lab, student, question, score ?? null, reason, by, now());
      this.#log('override', record);
    });
  }

  overrides(lab: string): Promise<OverrideRecord[]> {
    const sql = 'SELECT * FROM overrides WHERE lab = ? ORDER BY id';
    return this.#access.read(() => this.#tables.all(sql, lab).map(overrideOf));
  }

  putManual(edit: ManualEdit): Promise<ManualRecord> {
    const { lab, student, question, revision, grader, items, adjustment, comment } = edit;
    return this.#access.write(() => {
      const sql = 'SELECT * FROM manual WHERE lab = ? AND student = ? AND question = ? ORDER BY revision DESC LIMIT 1';
      const latest = this.#tables.get(sql, lab, student, question);
      if (((latest?.revision as number | undefined) ?? 0) !== revision) throw stale(edit, latest && manualOf(latest));
      const record: ManualRecord = { lab, student, question, grader, items, adjustment, comment, revision: revision + 1, at: now() };
      this.#tables.run(
        `INSERT INTO manual (lab, student, question, revision, grader, items, adjustment, comment, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[lab, student, question, record.revision, grader, JSON.stringify(items), adjustment, comment, record.at],
      );
      return record;
    });
  }

  manual(lab: string, student?: string): Promise<ManualRecord[]> {
    const sql = `SELECT *, max(revision) FROM manual WHERE lab = ? AND (? IS NULL OR student = ?)
      GROUP BY student, question ORDER BY student, question`;
    return this.#access.read(() => this.#tables.all(sql, lab, student ?? null, student ?? null).map(manualOf));
  }

  publish(grades: LabGrades, by: string): Promise<number> {
    const { body, digest } = publishedBody(grades);
    const sql = 'INSERT INTO publications (lab, by, at, digest, grades) VALUES (?, ?, ?, ?, ?)';
    return this.#access.write(() => {
      const number = this.#tables.run(sql, grades.lab, by, now(), digest, body);
      this.#log('publish', { lab: grades.lab, by, number, students: grades.students.length });
      return number;
    });
  }

  published(lab: string): Promise<LabGrades | undefined> {
    return this.#access.read(() => {
      const row = this.#tables.get('SELECT * FROM publications WHERE lab = ? ORDER BY id DESC LIMIT 1', lab);
      return row && published(row, this.#tables.path, submission => this.#gradings(submission));
    });
  }

  log(action: string, detail: unknown): Promise<void> {
    return this.#access.write(() => this.#log(action, detail));
  }

  history(): Promise<LogRecord[]> {
    const record = ({ at, action, detail }: Row): LogRecord => ({
      at: at as string,
      action: action as string,
      detail: JSON.parse(detail as string),
    });
    return this.#access.read(() => this.#tables.all('SELECT * FROM log ORDER BY id').map(record));
  }

  transaction<T>(work: (store: Store) => Promise<T>): Promise<T> {
    return this.#access.transaction(within => work(new SqliteStore(this.#tables, this.#folder, within)));
  }

  backup(): Promise<void> {
    return this.#access.read(() => writeBackup(this.#tables));
  }

  close(): Promise<void> {
    return this.#access.close();
  }

  #lab(lab: string): LabFacts | undefined {
    const row = this.#tables.get('SELECT facts FROM labs WHERE lab = ? ORDER BY rowid DESC LIMIT 1', lab);
    return row && JSON.parse(row.facts as string);
  }

  #gradings(submission: number): GradingRecord[] {
    const sql = `${gradingColumns} WHERE a.submission = ? ORDER BY a.id`;
    return this.#tables.all(sql, submission).map(row => gradingOf(this.#tables, row));
  }

  #keep(gradeKey: string, report: SubmissionReport): string {
    const digest = keepReport(this.#tables, report);
    if (isGradable(report)) this.#tables.run('INSERT OR IGNORE INTO graded (grade_key, report) VALUES (?, ?)', gradeKey, digest);
    return digest;
  }

  #log(action: string, detail: unknown): void {
    this.#tables.run('INSERT INTO log (at, action, detail) VALUES (?, ?, ?)', now(), action, JSON.stringify(detail ?? null));
  }
}
