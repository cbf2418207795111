import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { LabReport } from 'tinylab';
import { publicSeed } from 'tinylab/grading';
import { checkNotebook, reportLines } from '../../scripts/check/check-notebook.ts';
import { GraderError } from '../base/grader-error.ts';
import { labIds, labOf } from '../lab/labs.ts';
import { gradeNotebook } from '../run/grade-notebook.ts';
import { probedSandbox } from '../run/probe.ts';
import { runnable } from './cells.ts';
import { readText } from './lab-files.ts';
import { parseNotebook } from './nbformat.ts';

/** What `tinylab check` found: the public cases of every question. */
export interface FileCheck extends LabReport {
  /** Where the notebook ran. */
  readonly ran: 'sandbox' | 'kernel';
}

/**
 * Runs a notebook and asks the public cases of its lab: in the grader's sandbox, or in an ordinary kernel where
 * there is none or `kernel` asks for it. In a kernel the work behind `deliver` runs and its results are saved beside the notebook.
 * @throws GraderError when the file is no notebook of a lab.
 */
export async function checkFile(path: string, options: { kernel?: boolean } = {}): Promise<FileCheck> {
  const file = resolve(path);
  if (!existsSync(file)) throw refusal(path, 'there is no such file');
  const notebook = readText(file);
  const id = basename(file, '.ipynb');
  const folder = dirname(file);
  const checks = join(folder, 'checks.ts');
  const known = labIds().includes(id);
  if (!known && !existsSync(checks)) throw refusal(path, `no lab is called ${id}, and no checks.ts lies beside the file`);
  if (options.kernel || !(await probedSandbox()).ok) return inKernel(notebook, path);
  const lab = known ? labOf(id) : { id, pristine: notebook, checks };
  const report = await gradeNotebook({ lab, notebook, deliverables: folder, seed: publicSeed, hidden: false });
  if (report.notGradable !== undefined) throw refusal(path, `the sandbox failed: ${report.notGradable}`);
  const { score, points, questions } = report;
  return { lab: id, score, points, questions, ran: 'sandbox' };
}

/** Without a sandbox: the notebook's own cells in a kernel. */
async function inKernel(text: string, path: string): Promise<FileCheck> {
  try {
    return { ...(await checkNotebook(runnable(parseNotebook(text, path)), dirname(resolve(path)))), ran: 'kernel' };
  } catch (error) {
    if (error instanceof GraderError) throw error;
    throw refusal(path, (error as Error).message);
  }
}

/** The report as text: a line for each question, and what went wrong below it. */
export function fileCheckLines(report: FileCheck): string[] {
  const note = report.ran === 'kernel' ? ['The notebook ran in an ordinary kernel, not in the grader’s sandbox.'] : [];
  return [...note, ...reportLines(report)];
}

const refusal = (file: string, message: string): GraderError => new GraderError('lab/problems', [{ rule: 'check', file, message }]);
