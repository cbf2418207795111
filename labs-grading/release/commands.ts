import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type GateReport, gate } from './gate.ts';
import { labFiles, readText, shown } from './lab-files.ts';
import { problemLine, ReleaseError } from './problem.ts';
import { studentNotebook } from './student.ts';

/** Exit codes: 0 may go out, 1 refused. */
const refused = 1;

/** Adds `tinylab release`. */
export function registerReleaseCommands(program: Command): void {
  program
    .command('release')
    .description('write the student notebook of a lab from its lab.ts, or ask whether the lab may go out')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with lab.ts, checks.ts, mutants.ts')
    .option('--check', 'write nothing; run the solution, the untouched notebook and every known wrong answer')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', '\nExit code: 0 the lab may go out, 1 it may not; each problem names file, cell and line.')
    .action(release);
}

async function release(lab: string, options: { check?: boolean; json?: boolean }): Promise<void> {
  try {
    if (options.check) await check(lab, options.json ?? false);
    else write(lab);
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    const { problems } = error;
    process.stdout.write(
      options.json ? `${JSON.stringify({ lab, ok: false, problems }, null, 1)}\n` : `${problems.map(problemLine).join('\n')}\n`,
    );
    process.exitCode = refused;
  }
}

function write(lab: string): void {
  const files = labFiles(lab);
  const text = studentNotebook(readText(files.source), shown(files.source));
  if (existsSync(files.notebook) && readFileSync(files.notebook, 'utf8') === text) {
    process.stdout.write(`${shown(files.notebook)} is up to date.\n`);
    return;
  }
  const partial = `${files.notebook}.part`;
  writeFileSync(partial, text);
  renameSync(partial, files.notebook);
  process.stdout.write(`${shown(files.notebook)} written. Check it with: npx tinylab release ${lab} --check\n`);
}

async function check(lab: string, json: boolean): Promise<void> {
  const begin = performance.now();
  const onStep = (step: string): void =>
    void process.stderr.write(`${String(Math.round((performance.now() - begin) / 1000)).padStart(4)} s  ${step}\n`);
  const report = await gate(lab, { onStep });
  process.stdout.write(json ? `${JSON.stringify(report, null, 1)}\n` : `${lines(report).join('\n')}\n`);
  if (!report.ok) process.exitCode = refused;
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
