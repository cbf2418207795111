import type { SubmissionRecord } from '../../collect/records.ts';
import { labContent } from '../../lab/content.ts';
import type { GradedLab } from '../../lab/labs.ts';
import { labSeed } from '../../lab/seed.ts';
import { groupDriver, sweepGroups } from '../../run/cgroup.ts';
import { sweepCopies } from '../../run/deliverables.ts';
import { defaultLimits, type Limits, workersFor } from '../../run/limits.ts';
import { isGradable, type SubmissionReport, unaskedReport } from '../../run/submission-report.ts';
import type { LabFacts } from '../records.ts';
import type { Store } from '../store/contract.ts';
import type { UnderWay } from '../store/lock.ts';
import { type Confirm, confirmed, confirmName } from './confirm.ts';
import { circumstancesKey } from './grade-key.ts';
import { type Learned, learn } from './learn.ts';
import { submissionsLeft } from './left.ts';
import { withQuestion } from './only-question.ts';
import { runnerVersion } from './runner-version.ts';
import { GradeWorker, retried, WorkerLost } from './worker.ts';

export interface GradeClassOptions {
  readonly book: Store;
  readonly lab: GradedLab;
  readonly submissions: readonly SubmissionRecord[];
  readonly seed: number;
  /** Submissions graded at the same time; by default as many as CPUs and memory allow. */
  readonly workers?: number;
  readonly full?: boolean;
  readonly limits?: Partial<Limits>;
  /** Ask failing questions again. */
  readonly confirm?: Confirm;
  /** Ask this question only; what is known of the others stays. */
  readonly question?: string;
  /** Grade again what has been graded under the same circumstances. */
  readonly again?: boolean;
  /** Remember reports, but give them to nobody: no grading is written. */
  readonly trial?: boolean;
  /** Called with what is under way whenever that changes. */
  readonly onUnderWay?: (now: readonly UnderWay[]) => void;
  /** Called after each submission. */
  readonly onGraded?: (graded: Graded) => void;
  /** No further submission is begun once this fires; those under way are finished. */
  readonly drain?: AbortSignal;
}

/** One submission, graded. */
export interface Graded {
  readonly submission: SubmissionRecord;
  readonly gradeKey: string;
  readonly report: SubmissionReport;
  /** Taken over from an equal submission instead of being run. */
  readonly reused: boolean;
  readonly wallMs: number;
  readonly done: number;
  readonly total: number;
}

export interface GradeClassResult {
  /** Submissions that had been graded under the same circumstances before. */
  readonly before: number;
  readonly graded: number;
  readonly reused: number;
  readonly notGradable: number;
  readonly interrupted: boolean;
  /** What the lab asked. */
  readonly facts: LabFacts;
  /** The tools that its questions need, with their versions here; null for one that this machine lacks. */
  readonly tools: Learned['tools'];
}

/** Grades submissions of one lab, several at a time, each result written down at once. What happens to one changes nothing for the others. */
export async function gradeClass(options: GradeClassOptions): Promise<GradeClassResult> {
  const { lab, seed, full = false } = options;
  await Promise.all([sweepGroups(groupDriver()), sweepCopies()]);
  const worker = new GradeWorker({ lab, limits: options.limits ?? {}, slot: 0 });
  try {
    const content = await labContent(lab);
    const { facts, tools } = await learn(options, content, worker);
    const limits = { ...defaultLimits, ...options.limits };
    const setting = { lab: content, runner: runnerVersion(), limits, seed: labSeed(seed, lab.id), full, tools };
    const circumstances = circumstancesKey(setting);
    const open = await submissionsLeft(options, { circumstances, version: content, tools });
    return await new GradeClass(options, { ...setting, circumstances, facts }, open).run(worker);
  } finally {
    await worker.close();
    await sweepGroups(groupDriver());
  }
}

interface ClassSetting {
  readonly lab: string;
  readonly limits: Limits;
  readonly seed: number;
  readonly full: boolean;
  readonly circumstances: string;
  readonly facts: LabFacts;
  readonly tools: Learned['tools'];
}

class GradeClass {
  readonly #options: GradeClassOptions;
  readonly #setting: ClassSetting;
  readonly #queue: SubmissionRecord[];
  readonly #total: number;
  /** Equal submissions that wait for the one under way, by key. */
  readonly #waiting = new Map<string, SubmissionRecord[]>();
  readonly #underWay = new Map<number, UnderWay>();
  #over = false;
  #done = 0;
  #reused = 0;
  #notGradable = 0;

  constructor(options: GradeClassOptions, setting: ClassSetting, open: SubmissionRecord[]) {
    this.#options = options;
    this.#setting = setting;
    this.#queue = open;
    this.#total = open.length;
  }

  /** Has the submissions graded, by this worker and as many more as are asked for. */
  async run(first: GradeWorker): Promise<GradeClassResult> {
    const { lab, limits = {}, submissions, drain } = this.#options;
    const { workers: asked = workersFor(this.#setting.limits) } = this.#options;
    const more = Math.max(0, Math.min(asked, this.#queue.length) - 1);
    const workers = [first, ...Array.from({ length: more }, (_, i) => new GradeWorker({ lab, limits, slot: i + 1 }))];
    try {
      await Promise.all(workers.map(worker => this.#work(worker)));
    } finally {
      this.#over = true;
      await Promise.all(workers.map(worker => worker.close()));
    }
    const { facts, tools } = this.#setting;
    return {
      before: submissions.length - this.#total,
      graded: this.#done,
      reused: this.#reused,
      notGradable: this.#notGradable,
      interrupted: drain?.aborted === true && this.#done < this.#total,
      facts,
      tools,
    };
  }

  async #work(worker: GradeWorker): Promise<void> {
    const { drain } = this.#options;
    for (let next = this.#queue.shift(); next && !drain?.aborted && !this.#over; next = this.#queue.shift()) {
      const submission = next;
      await this.#telling(submission, () => this.#take(worker, submission));
    }
  }

  /** Tells of a submission that it is under way, until `work` has ended. */
  async #telling(submission: SubmissionRecord, work: () => Promise<void>): Promise<void> {
    const tell = (): void => this.#options.onUnderWay?.([...this.#underWay.values()]);
    this.#underWay.set(submission.id, { student: submission.student, since: new Date().toISOString() });
    tell();
    try {
      await work();
    } finally {
      this.#underWay.delete(submission.id);
      tell();
    }
  }

  async #take(worker: GradeWorker, submission: SubmissionRecord): Promise<void> {
    const { book, confirm, question, again = false } = this.#options;
    const answers = await this.#answersKey(worker, submission);
    if (typeof answers !== 'string') return this.#finish(submission, `${this.#setting.circumstances}.unread`, answers);
    const base = `${this.#setting.circumstances}.${answers}`;
    if (question !== undefined)
      return this.#finish(submission, `${base}.only-${question}`, await this.#askOne(worker, submission, question));
    const key = confirm ? `${base}.${confirmName(confirm)}` : base;
    // Claimed before anything is waited for, so that no other worker takes up an equal one meanwhile.
    const waiting = this.#waiting.get(key);
    if (waiting && !again) return void waiting.push(submission);
    this.#waiting.set(key, []);
    const known = again ? undefined : await book.reportOf(key);
    const found = known ? { report: known, wallMs: 0, reused: true } : await this.#graded(worker, submission, base);
    await this.#finish(submission, key, found);
    this.#queue.unshift(...(this.#waiting.get(key) ?? []));
    this.#waiting.delete(key);
  }

  /** What a submission answers, or, where reading it cost every worker its life, a report that says whose it is. */
  async #answersKey(worker: GradeWorker, { folder }: SubmissionRecord): Promise<string | Found> {
    const start = performance.now();
    try {
      return await retried(() => worker.answersKey(folder));
    } catch (error) {
      if (!(error instanceof WorkerLost)) throw error;
      return {
        report: this.#notGradableReport(`${folder} could not be read: ${error.message}`),
        wallMs: performance.now() - start,
        reused: false,
      };
    }
  }

  #notGradableReport(why: string): SubmissionReport {
    const asked = this.#setting.facts.questions.filter(({ manual }) => !manual);
    const questions = asked.map(({ question, title, points }) => ({ id: question, title, points }));
    return unaskedReport(this.#options.lab.id, questions, { notGradable: why });
  }

  async #graded(worker: GradeWorker, submission: SubmissionRecord, base: string): Promise<Found> {
    const { book, confirm, again = false } = this.#options;
    const start = performance.now();
    const ask = (only?: readonly string[]): Promise<SubmissionReport> => this.#ask(worker, submission, only);
    const first = (again || !confirm ? undefined : await book.reportOf(base)) ?? (await ask());
    const report = confirm && isGradable(first) ? await confirmed(first, confirm, ask) : first;
    return { report, wallMs: performance.now() - start, reused: false };
  }

  async #askOne(worker: GradeWorker, submission: SubmissionRecord, question: string): Promise<Found> {
    const start = performance.now();
    const before = (await this.#options.book.grading(submission.id))?.report;
    const found = await this.#ask(worker, submission, before ? [question] : undefined);
    return { report: before ? withQuestion(before, found) : found, wallMs: performance.now() - start, reused: false };
  }

  /** Has a submission graded, by another process where one is lost. */
  async #ask(worker: GradeWorker, { folder }: SubmissionRecord, only?: readonly string[]): Promise<SubmissionReport> {
    const { seed, full } = this.#setting;
    try {
      const report = await retried(() => worker.grade({ folder, seed, full, ...(only && { only }) }));
      return { ...report, askedWith: Object.fromEntries(report.questions.map(({ question }) => [question, this.#setting.lab])) };
    } catch (error) {
      if (!(error instanceof WorkerLost)) throw error;
      return this.#notGradableReport(error.message);
    }
  }

  async #finish(submission: SubmissionRecord, gradeKey: string, { report, wallMs, reused }: Found): Promise<void> {
    const { book, trial = false, onGraded } = this.#options;
    // The run has failed elsewhere: what its workers found while they were ended is worth nothing.
    if (this.#over) return;
    if (trial) await book.remember(gradeKey, report);
    else
      await book.addGrading({
        submission: submission.id,
        gradeKey,
        finishedAt: new Date().toISOString(),
        wallMs: Math.round(wallMs),
        report,
      });
    this.#done++;
    if (reused) this.#reused++;
    if (!isGradable(report)) this.#notGradable++;
    onGraded?.({ submission, gradeKey, report, reused, wallMs, done: this.#done, total: this.#total });
  }
}

interface Found {
  readonly report: SubmissionReport;
  readonly wallMs: number;
  readonly reused: boolean;
}
