import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { closeAllSandboxes } from '../run/sandbox.ts';
import { checkFile, fileCheckLines } from './check-file.ts';
import { type GateReport, gate } from './gate.ts';
import { labFiles, readText, shown } from './lab-files.ts';
import { problemLine, ReleaseError } from './problem.ts';
import { studentNotebook } from './student.ts';

const refused = 1;
const interrupted = 130;

/** Adds `tinylab release` and `tinylab check`. */
export function registerReleaseCommands(program: Command): void {
  program
    .command('release')
    .description('write the student notebook of a lab from its lab.ts, or ask whether the lab may go out')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with lab.ts, checks.ts, mutants.ts')
    .option('--check', 'write nothing; run the solution, the untouched notebook and every known wrong answer')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', '\nExit code: 0 the lab may go out, 1 it may not; each problem names file, cell and line.')
    .action(release);
  program
    .command('check')
    .description('run a notebook and ask the public cases of its lab, as check() does in JupyterLab')
    .argument('<file>', 'a notebook, such as notebooks/00-basics/00-basics.ipynb')
    .option('--json', 'print what was found as JSON')
    .option('--kernel', 'run in an ordinary kernel even where there is a sandbox')
    .addHelpText('after', '\nExit code: 0 full marks on the public cases, 1 otherwise.')
    .action(check);
}

async function check(file: string, options: { json?: boolean; kernel?: boolean }): Promise<void> {
  await tell(file, options.json ?? false, async () => {
    const report = await checkFile(file, options);
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 1)}\n` : `${fileCheckLines(report).join('\n')}\n`);
    return report.score === report.points;
  });
}

/** Runs a command; refusals are printed, and anything but success sets the exit code. */
async function tell(about: string, json: boolean, run: () => boolean | Promise<boolean>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void closeAllSandboxes().finally(() => process.exit(interrupted)));
  try {
    if (!(await run())) process.exitCode = refused;
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    const { problems } = error;
    const text = json ? JSON.stringify({ lab: about, ok: false, problems }, null, 1) : problems.map(problemLine).join('\n');
    process.stdout.write(`${text}\n`);
    process.exitCode = refused;
  }
}

async function release(lab: string, options: { check?: boolean; json?: boolean }): Promise<void> {
  const json = options.json ?? false;
  await tell(lab, json, () => (options.check ? askGate(lab, json) : write(lab)));
}

function write(lab: string): boolean {
  const files = labFiles(lab);
  const text = studentNotebook(readText(files.source), shown(files.source));
  if (existsSync(files.notebook) && readFileSync(files.notebook, 'utf8') === text) {
    process.stdout.write(`${shown(files.notebook)} is up to date.\n`);
    return true;
  }
  const partial = `${files.notebook}.part`;
  writeFileSync(partial, text);
  renameSync(partial, files.notebook);
  process.stdout.write(`${shown(files.notebook)} written. Check it with: npx tinylab release ${lab} --check\n`);
  return true;
}

async function askGate(lab: string, json: boolean): Promise<boolean> {
  const begin = performance.now();
  const onStep = (step: string): void =>
    void process.stderr.write(`${String(Math.round((performance.now() - begin) / 1000)).padStart(4)} s  ${step}\n`);
  const report = await gate(lab, { onStep });
  process.stdout.write(json ? `${JSON.stringify(report, null, 1)}\n` : `${lines(report).join('\n')}\n`);
  return report.ok;
}

function lines(report: GateReport): string[] {
  const { lab, points, problems, solution, stub, mutants, restartAndRunAllMs, slowestCell } = report;
  const caught = mutants.filter(mutant => mutant.caught).length;
  return [
    ...(solution ? [`solution: ${solution.score} of ${points} in the sandbox, ${solution.inNotebook} in the notebook`] : []),
    ...(stub ? [`untouched notebook: ${stub.score} of ${points}`] : []),
    ...(solution ? [`known wrong answers: ${caught} of ${mutants.length} caught with their hint`] : []),
    ...(restartAndRunAllMs === undefined
      ? []
      : [`restart and run all: ${(restartAndRunAllMs / 1000).toFixed(1)} s (slowest cell: ${slowestCell?.cell})`]),
    ...problems.map(problemLine),
    `${lab}: ${report.ok ? 'may go out' : `refused, ${problems.length} problems`}`,
  ];
}
