import { existsSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type FolderResult, gradeFolder, type StudentResult } from './grade-folder.ts';
import { canonical, gradesOf } from './grades.ts';
import { printable } from './intake.ts';
import { labOf } from './labs.ts';
import { probedSandbox } from './probe.ts';
import { closeAllSandboxes } from './sandbox.ts';
import { noteLines, questionTable, studentTable } from './tables.ts';

interface GradeFlags {
  readonly json?: boolean;
  readonly workers: number;
  readonly seed: number;
  readonly full?: boolean;
  readonly details?: string;
}

/** Exit codes: 0 all graded, 1 something was not gradable, 2 wrong usage, 3 no safe sandbox, 130 interrupted. */
const exit = { graded: 0, notGradable: 1, usage: 2, sandbox: 3, interrupted: 130 } as const;

const help = `
SUBMISSIONS holds one folder per student: STUDENT/LAB.ipynb and, beside it, what the notebook handed in.
Exit code: 0 all graded, 1 something was not gradable, 2 wrong usage, 3 no safe sandbox, 130 interrupted.`;

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number is needed');
  return value;
}

/** Adds `tinylab grade`. */
export function registerGrade(program: Command): void {
  program
    .command('grade')
    .description('grade a folder of submissions, each in a sandbox of its own')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .argument('<submissions>', 'folder with one folder per student')
    .option('--json', 'print the canonical grades as JSON instead of tables')
    .option('--workers <n>', 'students graded at the same time', whole, availableParallelism())
    .option('--seed <n>', 'decides what is asked', whole, 1)
    .option('--full', 'run the work behind deliver() instead of taking saved results')
    .option('--details <file>', 'write everything that was found (cells, outputs, items) to a file')
    .addHelpText('after', help)
    .action(grade);
}

async function grade(id: string, submissions: string, flags: GradeFlags): Promise<void> {
  if (!existsSync(submissions) || !statSync(submissions).isDirectory()) return refuse(`${submissions} is no folder.`, exit.usage);
  const lab = labOf(id);
  const probes = await probedSandbox();
  if (!probes.ok) {
    const failed = probes.probes.filter(({ ok }) => !ok).map(({ name, detail }) => `  ${name}: ${detail}`);
    return refuse(
      ['No safe sandbox on this machine, so nothing was run:', ...failed, 'npx tinylab doctor says more.'].join('\n'),
      exit.sandbox,
    );
  }
  if (probes.degraded) say('DEGRADED: no control groups here; memory and processes are only watched from outside.');
  const drain = drainOnInterrupt();
  const onResult = progress();
  const result = await gradeFolder({ ...flags, lab, submissions: resolve(submissions), onResult, drain });
  print(lab.id, result, flags);
  process.exitCode = exitCode(result);
}

function print(id: string, result: FolderResult, flags: GradeFlags): void {
  if (flags.details) writeFileSync(flags.details, `${JSON.stringify(result, null, 1)}\n`);
  const text = flags.json
    ? canonical(gradesOf(id, result.results))
    : `${[studentTable(result), questionTable(result), ...noteLines(result)].join('\n')}\n`;
  process.stdout.write(text);
}

function exitCode(result: FolderResult): number {
  if (result.interrupted) return exit.interrupted;
  return result.results.some(({ report }) => report.notGradable !== undefined) ? exit.notGradable : exit.graded;
}

/** The first Ctrl-C lets the students under way finish, the second ends everything at once. */
function drainOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const interrupt = async (): Promise<void> => {
    // A wrapper passes on the signal that the terminal has sent to us already: one Ctrl-C may arrive twice.
    if (controller.signal.aborted && performance.now() - first < 500) return;
    if (controller.signal.aborted) {
      await closeAllSandboxes();
      process.exit(exit.interrupted);
    }
    say('Finishing the students under way; Ctrl-C again stops at once.');
    first = performance.now();
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

function progress(): (result: StudentResult, total: number) => void {
  let done = 0;
  return ({ student, report, wallMs }, total) => {
    const count = `[${String(++done).padStart(String(total).length)}/${total}]`;
    const seconds = `${(wallMs / 1000).toFixed(1)} s, CPU ${((report.figures.cpuMs + report.figures.compileCpuMs) / 1000).toFixed(1)} s`;
    say(`${count} ${printable(student)}  ${report.score}/${report.points}  (${seconds})`);
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function refuse(message: string, code: number): void {
  say(message);
  process.exitCode = code;
}
