import type { CheckReport, QuestionState } from 'tinylab';
import { withNeeds } from 'tinylab/grading';
import type { Anomaly } from '../base/anomaly.ts';
import type { GradedLab } from '../lab/labs.ts';
import { type Rebuilt, rebuild } from '../lab/rebuild.ts';
import { Budget } from './budget.ts';
import { Checker, CheckerFailure, type StudentSide } from './checker.ts';
import type { QuestionFacts } from './checker-messages.ts';
import { Converter } from './converter.ts';
import { Deliverables } from './deliverables.ts';
import type { StaffModule } from './inside/staff-versions.ts';
import { type Kit, openKit } from './kit.ts';
import type { Limits } from './limits.ts';
import { NotebookRun } from './notebook-run.ts';
import { SandboxAhead } from './prepared-sandbox.ts';
import { noUse, type Pass, useOf } from './resource-use.ts';
import { type Sandbox, SandboxDeath } from './sandbox.ts';
import { type StaffRun, staffCode, staffRuns } from './staff-runs.ts';
import { type SubmissionReport, unasked, unjudged } from './submission-report.ts';

/** One notebook to grade. */
export interface Submission {
  /** The student's notebook, as it was handed in. */
  readonly notebook: string | Uint8Array;
  /** Folder with what the notebook handed in. */
  readonly deliverables?: string;
  /** Decides what is asked; the same seed asks the same. */
  readonly seed: number;
  /** Ask the hidden cases too. */
  readonly hidden?: boolean;
  /** Run the work behind `deliver` instead of taking the saved results. */
  readonly full?: boolean;
  /** Ask these questions only; by default all. */
  readonly only?: readonly string[];
}

/** A worker that grades notebooks of one lab, one after the other. */
export interface Grader {
  readonly questions: () => Promise<readonly QuestionFacts[]>;
  grade(submission: Submission): Promise<SubmissionReport>;
  close(): Promise<void>;
}

const maximumTries = 3;

/** How many times as long a submission may take where the work behind `deliver` is run. */
const fullFactor = 4;

export interface GraderOptions {
  readonly limits?: Partial<Limits>;
  /** Which of several workers this is; each has users of its own for its sandboxes. */
  readonly slot?: number;
  /** Prepare a sandbox while a submission is graded, for the next one; by default true. */
  readonly ahead?: boolean;
  /** Longest that a check may work between two things that it asks, in milliseconds; by default 180,000. */
  readonly patienceMs?: number;
}

/** Opens a worker: its checker, its converter and the sandbox ahead of it live until `close`. */
export function openGrader(lab: GradedLab, options: GraderOptions = {}): Grader {
  const kit = openKit(options);
  const checker = new Checker(lab, options.patienceMs);
  const converter = new Converter(kit);
  let code: Promise<string> | undefined;
  const ahead = new SandboxAhead(kit);
  const prepare = (): void => {
    if (options.ahead === false) return;
    ahead.prepare();
    converter.warm();
  };
  const worker: Worker = { kit, ahead, prepare, checker, converter, lab, staffCode: () => (code ??= staffCode(lab.checks)) };
  return {
    questions: async () => {
      prepare();
      await checker.start();
      return checker.questions;
    },
    grade: submission => new Examination(worker, submission).run(),
    close: async () => void (await Promise.all([checker.close(), converter.close(), ahead.close()])),
  };
}

/** Grades one notebook with a worker of its own. For several, `openGrader` is faster. */
export async function gradeNotebook(options: Submission & { lab: GradedLab; limits?: Partial<Limits> }): Promise<SubmissionReport> {
  const grader = openGrader(options.lab, { limits: options.limits, ahead: false });
  try {
    return await grader.grade(options);
  } finally {
    await grader.close();
  }
}

interface Worker {
  readonly kit: Kit;
  readonly ahead: SandboxAhead;
  /** Begins with the sandbox of the next submission. */
  readonly prepare: () => void;
  readonly checker: Checker;
  readonly converter: Converter;
  readonly lab: GradedLab;
  /** The lab's checks for a sandbox in which `staff` answers. */
  readonly staffCode: () => Promise<string>;
}

/** Says that a submission was stopped, for people to look at. */
const stopped = (why: string | undefined): Anomaly[] =>
  why === undefined ? [] : [{ kind: 'stopped', about: '', detail: `${why} What had not been asked by then has no points.` }];

class Examination {
  readonly #worker: Worker;
  readonly #submission: Submission;
  readonly #rebuilt: Rebuilt;

  constructor(worker: Worker, submission: Submission) {
    this.#worker = worker;
    this.#submission = submission;
    this.#rebuilt = rebuild(worker.lab.pristine, submission.notebook, worker.lab.migrations);
  }

  async run(): Promise<SubmissionReport> {
    await this.#worker.checker.start();
    const { handIn } = this.#rebuilt;
    if (handIn) return { ...this.#report(this.#all(handIn), undefined), handIn };
    for (let tries = 1; ; tries++) {
      try {
        return await this.#try();
      } catch (error) {
        const ours = error instanceof CheckerFailure || (error instanceof SandboxDeath && error.state === 'not gradable');
        if (!ours) throw error;
        if (tries === maximumTries) return { ...this.#report(this.#all('not gradable'), undefined), notGradable: error.message };
      }
    }
  }

  async #try(): Promise<SubmissionReport> {
    const { kit, ahead, prepare, converter } = this.#worker;
    const compileBefore = converter.cpuMs;
    const { sandbox, folder } = await ahead.take();
    prepare();
    const budget = new Budget(kit.limits, this.#submission.full ? fullFactor : 1);
    const handedIn = new Deliverables(kit, {
      folder,
      source: this.#submission.deliverables,
      budget,
      renamed: this.#rebuilt.renamedDeliverables,
    });
    const runs: NotebookRun[] = [];
    const ask = async (questions: readonly QuestionFacts[], staff?: StaffModule): Promise<CheckReport[]> => {
      const run = this.#newRun({ handedIn, budget }, staff ? { staff } : { prepared: sandbox });
      runs.push(run);
      await run.ready();
      const reports: CheckReport[] = [];
      for (const question of questions) reports.push(await this.#examine(question, run, handedIn));
      await run.close();
      return reports.map(report => ({ ...report, staff: staff?.names ?? [] }));
    };
    try {
      const reports = new Map((await ask(this.#asked)).map(report => [report.question, report]));
      const called = runs[0]?.cells.some(({ staff }) => staff !== undefined);
      for (const { names, questions } of called ? this.#again(reports) : []) {
        const staff = { code: await this.#worker.staffCode(), names };
        for (const report of await ask(questions, staff)) {
          const own = reports.get(report.question);
          const better = own && own.score > report.score ? own : report;
          reports.set(report.question, { ...better, exposed: report.exposed || own?.exposed || false });
        }
      }
      return this.#report(this.#explained(reports), { runs, handedIn, budget, compileCpuMs: converter.cpuMs - compileBefore });
    } finally {
      await Promise.all([sandbox.close(), ...runs.map(run => run.close()), handedIn.close()]);
    }
  }

  /** Reports that failed name the earlier answers that they need and that are not right. */
  #explained(reports: ReadonlyMap<string, CheckReport>): CheckReport[] {
    const { questions } = this.#worker.checker;
    const asked = questions.flatMap(question => {
      const report = reports.get(question.id);
      return report ? [[question, report] as const] : [];
    });
    return asked.map(([question, report]) => withNeeds(report, question, asked));
  }

  #newRun({ handedIn, budget }: Pick<Pass, 'handedIn' | 'budget'>, how: { staff: StaffModule } | { prepared: Sandbox }): NotebookRun {
    const { kit, checker, converter } = this.#worker;
    const withheld = [...new Set(checker.questions.flatMap(({ withhold }) => withhold))];
    const setting = { kit, converter, budget, deliverables: handedIn.folder, full: this.#submission.full ?? false, withheld, ...how };
    return new NotebookRun(setting, this.#rebuilt.cells);
  }

  /** What is asked once more with the library's version of earlier answers; all of them have been scored. */
  #again(reports: ReadonlyMap<string, CheckReport>): readonly StaffRun[] {
    const { questions, staff } = this.#worker.checker;
    return staffRuns({ questions, reports, staff, sources: this.#rebuilt.cells.map(({ source }) => source) });
  }

  /** A question whose sandbox died is asked once more on a fresh one, unless the kernel itself counted what killed it. */
  async #examine(question: QuestionFacts, run: NotebookRun, handedIn: Deliverables): Promise<CheckReport> {
    const { seed, hidden = true, full = false } = this.#submission;
    let taken = false;
    const student: StudentSide = {
      request: async (request, callback) => {
        const reply = await run.request(request, (name, args) => {
          taken = true;
          return callback(name, args);
        });
        taken ||= reply.ok && request.op !== 'begin';
        return reply;
      },
      deliverable: name => (full ? run.request({ op: 'handed in', name }) : handedIn.read(name)),
      predict: (model, inputs) => handedIn.predict(model, inputs),
      loop: request => handedIn.loop(request),
    };
    run.question = question.id;
    const ask = (): Promise<CheckReport> => this.#worker.checker.examine({ id: question.id, seed, hidden }, student);
    const ended = (error: unknown): undefined => {
      if (!(error instanceof CheckerFailure && error.atWork && taken)) throw error;
    };
    for (let confirmed = false; ; confirmed = true) {
      const report = (await ask().catch(ended)) ?? (await ask().catch(ended)) ?? unjudged(question);
      const again = run.doubtful && !confirmed;
      run.settle(!again);
      if (!again) return report;
    }
  }

  get #asked(): readonly QuestionFacts[] {
    const { only } = this.#submission;
    return this.#worker.checker.questions.filter(({ id }) => only?.includes(id) ?? true);
  }

  #all(state: QuestionState): CheckReport[] {
    return this.#asked.map(question => unasked(question, state));
  }

  #report(questions: CheckReport[], pass: Pass | undefined): SubmissionReport {
    const sum = (of: (report: CheckReport) => number): number => questions.reduce((total, report) => total + of(report), 0);
    return {
      lab: this.#worker.checker.lab,
      points: sum(report => report.points),
      score: sum(report => report.score),
      questions,
      cells: pass?.runs[0]?.cells ?? [],
      anomalies: [...this.#rebuilt.anomalies, ...(pass?.handedIn.anomalies ?? []), ...stopped(pass?.budget.over)],
      figures: pass ? useOf(pass) : noUse,
      degraded: this.#worker.kit.driver.degraded,
    };
  }
}
