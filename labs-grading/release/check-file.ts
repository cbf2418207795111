import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type CheckReport, type LabReport, publicSeed } from 'tinylab';
import { gradeNotebook } from '../run/grade-notebook.ts';
import { labIds, labOf } from '../run/labs.ts';
import { probedSandbox } from '../run/probe.ts';
import { checkAllCell, runInKernel } from './kernel-run.ts';
import { readText } from './lab-files.ts';
import { parseNotebook } from './nbformat.ts';
import { ReleaseError } from './problem.ts';

/** What `tinylab check` found: the public cases of every question. */
export interface FileCheck extends LabReport {
  /** Where the notebook ran. */
  readonly ran: 'sandbox' | 'kernel';
}

/**
 * Runs a notebook and asks the public cases of its lab: in the grader's sandbox, or in an ordinary kernel where
 * there is none or `kernel` asks for it. In a kernel the work behind `deliver` runs and its results are saved beside the notebook.
 * @throws ReleaseError when the file is no notebook of a lab.
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

/** Without a sandbox: the notebook's own cells in a kernel, failing cells skipped, then all checks. */
async function inKernel(text: string, path: string): Promise<FileCheck> {
  const cells = parseNotebook(text, path).filter(cell => !/^\s*(await\s+)?check(All)?\(/m.test(cell.source));
  const run = await runInKernel([...cells, checkAllCell], dirname(resolve(path)), { goOn: true });
  if (run.lastOutput === '') throw refusal(path, `its checks did not run: ${run.failed?.message ?? 'no answer'}`);
  return { ...(JSON.parse(run.lastOutput) as LabReport), ran: 'kernel' };
}

/** The report as text: a line for each question, and what went wrong below it. */
export function fileCheckLines({ lab, score, points, questions, ran }: FileCheck): string[] {
  const width = Math.max(...questions.map(({ title }) => title.length));
  const note = ran === 'kernel' ? ['The notebook ran in an ordinary kernel, not in the grader’s sandbox.'] : [];
  return [
    ...note,
    ...questions.flatMap(report => questionLines(report, width)),
    `${lab}: ${score} of ${points} points on the public cases`,
  ];
}

const marks: Readonly<Record<string, string>> = { passed: '✓', partial: '◐' };

function questionLines({ title, state, score, points, items }: CheckReport, width: number): string[] {
  const head = `${marks[state] ?? '✗'} ${title.padEnd(width)}  ${String(score).padStart(3)} / ${points}  ${state}`;
  const item = items.find(({ passed }) => !passed);
  if (!item) return [head];
  const facts = [
    ['expected', item.expected],
    ['got', item.got],
    ['where', item.where],
    ['hint', item.hint],
  ] as const;
  return [
    head,
    `    ${item.asked}`,
    ...facts.flatMap(([name, fact]) => (fact === undefined ? [] : [`      ${name.padEnd(8)} ${fact.replaceAll('\n', ' ')}`])),
  ];
}

const refusal = (file: string, message: string): ReleaseError => new ReleaseError({ rule: 'check', file, message });
