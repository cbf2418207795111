import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClassOfNotebooks, classOf, writeLab } from './grading/lab.ts';
import { type Measured, measured } from './grading/measured.ts';
import { sandboxTimes } from './grading/sandbox.ts';
import { nbgraderGrades, nbgraderRequirements } from './peers/nbgrader.ts';
import { peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const project = join(import.meta.dirname, '../..');
/** Size of the classes; TINYLAB_STUDENTS gives another. */
const students = Number(process.env.TINYLAB_STUDENTS ?? 100);
/** Students of the mock class whose answers are their own; the others have the same as one of them. */
const variants = Math.max(1, Math.round(students / 8));
const workers = 2;

interface Graded {
  readonly run: Measured;
  /** The same command once more: nothing is left to grade. */
  readonly resume: Measured;
}

/** Collects and grades a class with `tinylab grade`, one command over everybody. */
async function grade(root: string, name: string, notebooks: ClassOfNotebooks): Promise<Graded> {
  const lab = join(root, '00-basics');
  const submissions = join(root, name);
  for (const [student, text] of notebooks) {
    mkdirSync(join(submissions, student), { recursive: true });
    writeFileSync(join(submissions, student, '00-basics.ipynb'), text);
  }
  const cli = [process.execPath, join(project, 'labs-grading/cli.ts'), 'grade', lab];
  const course = ['--course', join(root, `course-${name}`), '--workers', String(workers)];
  const run = await measured([...cli, submissions, ...course], { cwd: root });
  const resume = await measured([...cli, ...course, '--details', join(root, `${name}.json`)], { cwd: root });
  assertFullMarks(join(root, `${name}.json`), notebooks.size);
  return { run, resume };
}

/** A benchmark of wrong grades would be worth nothing. */
function assertFullMarks(details: string, size: number): void {
  const { students: graded } = JSON.parse(readFileSync(details, 'utf8')) as { students: { score: number; maximum: number }[] };
  const full = graded.filter(({ score, maximum }) => score === maximum && maximum > 0).length;
  if (full !== size) throw new Error(`${full} of ${size} students have full marks.`);
}

const perNotebook = ({ wallMs }: Measured): Sample => ({ min: wallMs / students, median: wallMs / students, n: students });
const cpuPerNotebook = ({ cpuMs }: Measured): string =>
  cpuMs === undefined ? 'not counted here' : `${(cpuMs / students / 1e3).toFixed(2)} s`;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function sandboxRows(): Promise<string[]> {
  const times = await sandboxTimes(5);
  const row = (what: string, values: readonly number[]): string => `${what.padEnd(44)} ${median(values).toFixed(0).padStart(6)} ms`;
  return [
    row('sandbox, cold, with TensorFlow', times.coldMs),
    row('prepared sandbox: first reply', times.firstReplyMs),
    row('prepared sandbox: first cell', times.firstCellMs),
    row('CPU of preparing a sandbox', times.fixedCpuMs),
  ];
}

const run: Benchmark = async ({ peers, log }) => {
  const scratch = join(project, '.tinylab/scratch');
  mkdirSync(scratch, { recursive: true });
  const root = mkdtempSync(join(scratch, 'bench-'));
  try {
    writeLab(root);
    log('sandboxes alone');
    const alone = await sandboxRows();
    log(`ours: ${students} students, distinct answers`);
    const distinct = await grade(root, 'distinct', classOf(students));
    log(`ours: ${students} students, ${variants} different answers`);
    const mock = await grade(root, 'mock', classOf(students, variants));
    const theirs = peers ? await nbgraders(log) : undefined;
    return {
      name: 'grading: wall time per notebook, distinct answers',
      unit: 'ms',
      ours: perNotebook(distinct.run),
      peers: theirs ? { 'nbgrader 0.9.6 autograde': perNotebook(theirs.distinct) } : ({} as Record<string, Sample>),
      ...(theirs && { ratio: distinct.run.wallMs / theirs.distinct.wallMs }),
      rows: [
        ...rowsOf('ours', distinct.run, mock.run),
        ...(theirs ? rowsOf('nbgrader', theirs.distinct, theirs.mock) : []),
        ...ratios(distinct, mock, theirs),
        ...memory(distinct),
        ...alone,
      ],
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

export default run;

interface Nbgrader {
  readonly distinct: Measured;
  readonly mock: Measured;
}

async function nbgraders(log: (line: string) => void): Promise<Nbgrader> {
  const python = await peersPython(nbgraderRequirements, log);
  log(`nbgrader: ${students} students, distinct answers`);
  const distinct = await nbgraderGrades(python, { students, variants: students });
  log(`nbgrader: ${students} students, ${variants} different answers`);
  return { distinct, mock: await nbgraderGrades(python, { students, variants }) };
}

function rowsOf(who: string, distinct: Measured, mock: Measured): string[] {
  const row = (what: string, one: Measured): string =>
    `${`${who}, ${what}`.padEnd(44)} ${(one.wallMs / students).toFixed(0).padStart(6)} ms wall, CPU ${cpuPerNotebook(one)} per notebook`;
  return [row('distinct answers', distinct), row(`${variants} different answers`, mock)];
}

function ratios(distinct: Graded, mock: Graded, theirs: Nbgrader | undefined): string[] {
  if (!theirs) return [];
  const times = (ours: Measured, other: Measured): string => `${(other.wallMs / ours.wallMs).toFixed(1)} x`;
  return [`faster than nbgrader: distinct ${times(distinct.run, theirs.distinct)}, mock class ${times(mock.run, theirs.mock)}`];
}

function memory({ run: { residentMb }, resume }: Graded): string[] {
  return [
    `supervisor's memory ${residentMb.least.toFixed(0)}-${residentMb.most.toFixed(0)} MB after the first quarter`,
    `resume of ${students} graded students ${(resume.wallMs / 1e3).toFixed(2)} s`,
  ];
}
