import type { Command } from 'commander';
import { GraderError } from '../base/grader-error.ts';
import { problemLine } from '../base/problem.ts';
import { shown } from '../base/project.ts';
import type { Figures } from '../mutate/figures.ts';
import { measuredFigures } from '../mutate/measured.ts';
import type { GateReport } from '../release/gate.ts';
import { labFiles } from '../release/lab-files.ts';
import { askGate, releaseLab, writeNotebook } from '../release/release.ts';
import { withProblems } from './shared/explain.ts';
import { madeLine } from './shared/mutation-tables.ts';

/** Adds `tinylab release`. */
export function register(program: Command): void {
  program
    .command('release')
    .description('build what students get of a lab, or ask whether it may go out; without an option, only write its notebook')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with lab.ts, checks.ts, mutants.ts')
    .option('--out <dir>', 'write the student’s folder there, if the lab passes its gate')
    .option('--zip <file>', 'write the same as an archive')
    .option('--nbgrader <dir>', 'add it to an nbgrader course there: notebook with solutions, and the configuration it needs')
    .option('--check', 'write nothing; run the solution, the untouched notebook and every known wrong answer')
    .option('--question <id>', 'with --check: this question only, with the cells that it needs; quick, while you write it')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', '\nExit code: 0 the lab may go out, 1 it may not; each problem names file, cell and line.')
    .action(release);
}

interface ReleaseFlags {
  readonly check?: boolean;
  readonly question?: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly zip?: string;
  readonly nbgrader?: string;
}

async function release(lab: string, { check, question, json = false, ...targets }: ReleaseFlags): Promise<void> {
  await withProblems(lab, { json }, async () => {
    if (question !== undefined && !check)
      throw new GraderError('lab/problems', [
        { rule: 'question', file: lab, message: '--question goes with --check: a lab goes out whole' },
      ]);
    if (check) return told(lab, await askGate(lab, { onStep: progress(), ...(question !== undefined && { question }) }), json);
    const asked = [targets.out, targets.zip, targets.nbgrader].filter(target => target !== undefined);
    if (asked.length === 0) return writeOnly(lab);
    const ok = await told(lab, await releaseLab(lab, targets, { onStep: progress() }), json);
    if (ok && !json) for (const target of asked) process.stdout.write(`${target} written\n`);
    return ok;
  });
}

function writeOnly(lab: string): boolean {
  const notebook = shown(labFiles(lab).notebook);
  const note = writeNotebook(lab) ? `written. Check it with: npx tinylab release ${lab} --check` : 'is up to date.';
  process.stdout.write(`${notebook} ${note}\n`);
  return true;
}

/** Says on stderr what is done now, and since when. */
function progress(): (step: string) => void {
  const begin = performance.now();
  return step => void process.stderr.write(`${String(Math.round((performance.now() - begin) / 1000)).padStart(4)} s  ${step}\n`);
}

/** Writes the report, with what `mutate` has measured of this very content. A lab that was refused before it ran may not even load. */
async function told(lab: string, report: GateReport, json: boolean): Promise<boolean> {
  const measured = whole(report) ? ((await measuredFigures(lab)) ?? null) : null;
  process.stdout.write(json ? `${JSON.stringify({ ...report, measured }, null, 1)}\n` : `${lines(report, measured).join('\n')}\n`);
  return report.ok;
}

function lines(report: GateReport, measured: Figures | null): string[] {
  const { lab, points, problems, solution, stub, mutants, styles, restartAndRunAllMs, slowestCell } = report;
  const caught = mutants.filter(mutant => mutant.caught).length;
  return [
    ...(solution ? [`solution: ${solution.score} of ${points} in the sandbox${inNotebook(solution)}`] : []),
    ...(stub ? [`untouched notebook: ${stub.score} of ${points}`] : []),
    ...(solution ? [`known wrong answers: ${caught} of ${mutants.length} caught with their hint`] : []),
    ...(whole(report)
      ? [measured ? madeLine(measured) : `wrong answers made by rule: not measured for this content; npx tinylab mutate ${lab}`]
      : []),
    ...(styles ? [`right answers in other styles: ${styles.total - styles.refused.length} of ${styles.total} have full marks`] : []),
    ...(restartAndRunAllMs === undefined
      ? []
      : [`restart and run all: ${(restartAndRunAllMs / 1000).toFixed(1)} s (slowest cell: ${slowestCell?.cell})`]),
    ...problems.map(problemLine),
    `${lab}: ${verdict(report)}`,
  ];
}

const inNotebook = ({ inNotebook: score }: NonNullable<GateReport['solution']>): string =>
  score === undefined ? '' : `, ${score} in the notebook`;

function verdict({ ok, problems, question }: GateReport): string {
  if (!ok) return `refused, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  return question === undefined ? 'may go out' : `${question} is fine; the whole lab is asked without --question`;
}

/** Whether all questions were asked. */
const whole = ({ solution, question }: GateReport): boolean => solution !== undefined && question === undefined;
