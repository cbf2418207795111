import { type Command, InvalidArgumentError } from 'commander';
import { printable } from '../../base/text.ts';
import { defaultCourse } from '../../collect/course.ts';
import type { Confirm } from '../../gradebook/grading/confirm.ts';
import type { GradeClassOptions, GradeClassResult } from '../../gradebook/grading/grade-class.ts';
import { type Only, parseOnly } from '../../gradebook/policy/selection.ts';
import type { UnderWay } from '../../gradebook/store/lock.ts';
import { courseSeed } from '../../gradebook/store/seed.ts';
import { probedSandbox } from '../../run/probe.ts';
import { assertHandedIn, type OpenedLab } from './opened-course.ts';

/** Exit codes: 0 all graded, 1 something was not gradable, 2 wrong usage, 3 no safe sandbox, 130 interrupted. */
export const exit = { graded: 0, notGradable: 1, usage: 2, sandbox: 3, interrupted: 130 } as const;
export const exitHelp = 'Exit code: 0 all graded, 1 something was not gradable, 2 wrong usage, 3 no safe sandbox, 130 interrupted.';

export interface GradingFlags {
  readonly course: string;
  readonly workers?: number;
  readonly seed?: number;
  readonly wallMinutes: number;
  readonly idleMinutes: number;
  readonly full?: boolean;
  readonly json?: boolean;
  readonly only?: Only;
  readonly confirm?: Confirm;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number is needed');
  return value;
}

function minutes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 10_000)) throw new InvalidArgumentError('a number of minutes above 0 is needed, such as 30');
  return value;
}

function only(text: string): Only {
  const parsed = parseOnly(text);
  if (!parsed) throw new InvalidArgumentError('failed, flaky, question=QUESTION or student=STUDENT is needed');
  return parsed;
}

function confirm(text: string): Confirm {
  const [failures = 0, runs = 0] = /^\d+\/\d+$/.test(text) ? text.split('/').map(Number) : [];
  if (failures < 1 || runs < failures || runs > 20)
    throw new InvalidArgumentError('K/N is needed, such as 2/3: failed K times in at most N runs');
  return { failures, runs };
}

/** Adds the options that every grading command has. */
export function gradingOptions(command: Command): Command {
  return command
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .option('--workers <n>', 'submissions graded at the same time (default: as many as CPUs and memory allow)', whole)
    .option('--seed <n>', 'decides what is asked, the same of everyone (default: drawn for the course, and kept)', whole)
    .option('--wall-minutes <n>', 'longest that one submission may take by the clock; four times that with --full', minutes, 30)
    .option('--idle-minutes <n>', 'of that, longest without working', minutes, 10)
    .option('--full', 'run the work behind deliver() instead of taking saved results')
    .option('--json', 'print JSON instead of tables');
}

/** Adds the options that choose whom and what to grade again. */
export function choiceOptions(command: Command): Command {
  return command
    .option('--only <what>', 'grade again: failed, flaky, question=Q (the rest stays) or student=S', only)
    .option('--confirm <k/n>', 'ask a failing question until it failed K times, in at most N runs; else it is flaky', confirm);
}

export function say(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

/** Tells whether code of students can be run safely here, and says why where it cannot. */
async function sandboxIsSafe(): Promise<boolean> {
  const { ok, probes, degraded } = await probedSandbox();
  if (!ok) {
    const failed = probes.filter(probe => !probe.ok).map(({ name, detail }) => `  ${name}: ${detail}`);
    say(['No safe sandbox on this machine, so nothing was run:', ...failed, 'npx tinylab doctor says more.'].join('\n'));
  } else if (degraded) say('DEGRADED: no control groups here; memory and processes are only watched from outside.');
  return ok;
}

/** Tells whether grading can begin, and sets the exit code where it cannot. @throws GraderError where there is nothing to grade. */
export async function readyToGrade(opened: OpenedLab): Promise<boolean> {
  await assertHandedIn(opened);
  if (await sandboxIsSafe()) return true;
  process.exitCode = exit.sandbox;
  return false;
}

/** Minutes after which a submission under way is named in the run's own lines. */
const longMinutes = 1;

/** How a lab is graded, by the flags and the course; who is under way stands beside the lock, and here once it takes long. */
export function settingOf({ course, book, lab, tell }: OpenedLab, flags: GradingFlags) {
  const { workers, full = false, wallMinutes, idleMinutes } = flags;
  let now: readonly UnderWay[] = [];
  setInterval(() => {
    const long = now.map(({ student, since }) => ({ student, minutes: Math.floor((Date.now() - Date.parse(since)) / 60_000) }));
    const named = long.filter(({ minutes: taken }) => taken >= longMinutes).map(one => `${printable(one.student)} for ${one.minutes} min`);
    if (named.length > 0) say(`under way: ${named.join(', ')}`);
  }, longMinutes * 60_000).unref();
  return {
    ...{ book, lab, full, seed: flags.seed ?? courseSeed(course), drain: drainOnInterrupt() },
    ...(workers !== undefined && { workers }),
    limits: { submissionWallMs: wallMinutes * 60_000, submissionIdleMs: idleMinutes * 60_000 },
    onUnderWay: (those: readonly UnderWay[]) => {
      now = those;
      tell(those);
    },
  } satisfies Partial<GradeClassOptions>;
}

/** What the flags choose of the questions, and how often they are asked. */
export function chosenBy({ only, confirm }: GradingFlags): Pick<GradeClassOptions, 'confirm' | 'question' | 'again'> {
  return {
    ...(confirm && { confirm }),
    ...(only?.kind === 'question' && { question: only.name }),
    again: only !== undefined && only.kind !== 'question',
  };
}

/** The exit code of a run. */
export function exitOf({ interrupted, notGradable }: Pick<GradeClassResult, 'interrupted' | 'notGradable'>): number {
  return interrupted ? exit.interrupted : notGradable > 0 ? exit.notGradable : exit.graded;
}

/** The first Ctrl-C lets the submissions under way finish, the second ends everything at once; workers clean up behind themselves. */
export function drainOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const interrupt = (): void => {
    // A wrapper passes on the signal that the terminal has sent to us already: one Ctrl-C may arrive twice.
    if (controller.signal.aborted && performance.now() - first < 500) return;
    if (controller.signal.aborted) process.exit(exit.interrupted);
    say('Finishing the students under way; Ctrl-C again stops at once.');
    first = performance.now();
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}
