import { createHash } from 'node:crypto';
import type { SubmissionReport } from '../../run/submission-report.ts';
import { corrupt } from './database.ts';
import type { Tables } from './tables.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Adds a text under its own hash; equal texts are kept once. */
export function keepReport(tables: Tables, report: SubmissionReport): string {
  const body = JSON.stringify(report);
  const digest = sha256(body);
  tables.run('INSERT OR IGNORE INTO reports (digest, body) VALUES (?, ?)', digest, body);
  return digest;
}

/** Reads a report back. The database checks its own structure; this checks the content. @throws GraderError `gradebook/corrupt` */
export function readReport(tables: Tables, digest: string, body: string): SubmissionReport {
  if (sha256(body) !== digest) throw corrupt(tables.path, `the report ${digest.slice(0, 12)} is not what was written`);
  return JSON.parse(body) as SubmissionReport;
}
