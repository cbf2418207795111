import { resolve } from 'node:path';
import type { SubmissionRecord } from '../../collect/records.ts';
import type { GradingRecord, ManualRecord, OverrideRecord } from '../records.ts';
import { readReport } from './reports.ts';
import type { Row, Tables } from './tables.ts';

/** Rows of the database as records. The schema's STRICT tables hold the types. */
export function submissionOf(row: Row, course: string): SubmissionRecord {
  return {
    id: row.id as number,
    lab: row.lab as string,
    student: row.student as string,
    folder: resolve(course, row.folder as string),
    digest: row.digest as string,
    submittedAt: row.submitted_at as string,
    source: row.source as string,
    ...(row.lab_version !== null && { labVersion: row.lab_version as string }),
    anomalies: JSON.parse(row.anomalies as string),
  };
}

export function gradingOf(tables: Tables, row: Row): GradingRecord {
  return {
    id: row.id as number,
    submission: row.submission as number,
    gradeKey: row.grade_key as string,
    finishedAt: row.finished_at as string,
    wallMs: row.wall_ms as number,
    report: readReport(tables, row.report as string, row.body as string),
  };
}

export function overrideOf(row: Row): OverrideRecord {
  return {
    lab: row.lab as string,
    student: row.student as string,
    question: row.question as string,
    score: (row.score as number | null) ?? undefined,
    reason: row.reason as string,
    by: row.by as string,
    at: row.at as string,
  };
}

export function manualOf(row: Row): ManualRecord {
  return {
    lab: row.lab as string,
    student: row.student as string,
    question: row.question as string,
    grader: row.grader as string,
    items: JSON.parse(row.items as string),
    adjustment: row.adjustment as number,
    comment: row.comment as string,
    revision: row.revision as number,
    at: row.at as string,
  };
}
