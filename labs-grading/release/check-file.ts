import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { LabReport } from 'tinylab';
import { publicSeed } from 'tinylab/grading';
import { anomalyLines, checkNotebook, reportLines } from '../../scripts/check/check-notebook.ts';
import { labNamed, readNotebook } from '../../scripts/notebook/reader.mjs';
import { type Anomaly, reasonOf } from '../base/anomaly.ts';
import { GraderError } from '../base/grader-error.ts';
import { labIds, labIn, labOf } from '../lab/labs.ts';
import { type RunCell, rebuild } from '../lab/rebuild.ts';
import { gradeNotebook } from '../run/grade-notebook.ts';
import { probedSandbox } from '../run/probe.ts';

/** What `tinylab check` found: the public cases of every question. */
export interface FileCheck extends LabReport {
  /** Where the notebook ran. */
  readonly ran: 'sandbox' | 'kernel';
  /** What is odd about the notebook, as grading it would tell. */
  readonly anomalies: readonly Anomaly[];
}

/**
 * Runs a notebook and asks the public cases of its lab: in the grader's sandbox, or in an ordinary kernel where
 * there is none or `kernel` asks for it. In a kernel the work behind `deliver` runs and its results are saved beside the notebook.
 * @throws GraderError when the file is no notebook of a lab.
 */
export async function checkFile(path: string, options: { kernel?: boolean } = {}): Promise<FileCheck> {
  const file = resolve(path);
  if (!existsSync(file)) throw refusal(path, 'there is no such file');
  const notebook = readFileSync(file);
  const id = labNamed(labIds(), file, readNotebook(notebook)) ?? basename(file, '.ipynb');
  const folder = dirname(file);
  const checks = join(folder, 'checks.ts');
  const known = labIds().includes(id);
  if (!known && !existsSync(checks)) throw refusal(path, `no lab is called ${id}, and no checks.ts lies beside the file`);
  const lab = known ? labOf(id) : labIn(folder, id);
  const { handIn, anomalies, cells } = rebuild(lab.pristine, notebook, lab.migrations);
  if (handIn) throw refusal(path, `${handIn}: ${reasonOf(handIn, anomalies)}`);
  if (options.kernel || !(await probedSandbox()).ok) return { ...(await inKernel(cells, path)), anomalies };
  const report = await gradeNotebook({ lab, notebook, deliverables: folder, seed: publicSeed, hidden: false });
  if (report.notGradable !== undefined) throw refusal(path, `the sandbox failed: ${report.notGradable}`);
  const { score, points, questions } = report;
  return { lab: id, score, points, questions, anomalies: report.anomalies, ran: 'sandbox' };
}

/** Without a sandbox: the cells that run, in a kernel. */
async function inKernel(cells: readonly RunCell[], path: string): Promise<Omit<FileCheck, 'anomalies'>> {
  const named = cells.map(({ id, source }) => ({ name: id, source }));
  try {
    return { ...(await checkNotebook(named, dirname(resolve(path)))), ran: 'kernel' };
  } catch (error) {
    if (error instanceof GraderError) throw error;
    throw refusal(path, (error as Error).message);
  }
}

/** The report as text: a line for each question, and what went wrong below it. */
export function fileCheckLines(report: FileCheck): string[] {
  const note = report.ran === 'kernel' ? ['The notebook ran in an ordinary kernel, not in the grader’s sandbox.'] : [];
  return [...note, ...anomalyLines(report.anomalies), ...reportLines(report)];
}

const refusal = (file: string, message: string): GraderError => new GraderError('lab/problems', [{ rule: 'check', file, message }]);
