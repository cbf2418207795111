import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fault } from 'tinylab/grading';
import type { Anomaly } from '../base/anomaly.ts';
import { deliverableName, maximumDeliverableBytes, maximumDeliverables, Refused, readRegular } from '../collect/intake.ts';
import type { Budget } from './budget.ts';
import type { Kit } from './kit.ts';
import type { Reply, Request } from './protocol.ts';
import { type Sandbox, SandboxDeath } from './sandbox.ts';

/** Name of private copies; the process id follows, so that a later run can tell whose are left over. */
const copyPrefix = 'tinylab-handed-in-';

/** Who may read copies: where root starts sandboxes, their user is another one; elsewhere it is the same. */
const isRoot = process.getuid?.() === 0;
const [folderMode, fileMode] = isRoot ? [0o755, 0o644] : [0o700, 0o600];

const handInHint = 'Submit the folder deliverables with the notebook.';

/** Where hand-ins come from and go to. */
interface HandedIn {
  readonly folder: string;
  readonly source: string | undefined;
  readonly budget: Budget;
  /** What the lab calls by another name by now, old → new: it is there under both, since the answer that made it says the old one. */
  readonly renamed?: Readonly<Record<string, string>>;
}

type Answer = Reply | { readonly ok: false; readonly fault: Fault };

/**
 * What a student handed in, as a private copy that sandboxes may read, and the evaluator that opens it: a sandbox of its own, in which
 * hostile files are parsed and hostile models run. It holds no expected value.
 */
export class Deliverables {
  /** Folder with the copies. */
  readonly folder: string;
  readonly anomalies: readonly Anomaly[];
  readonly #kit: Kit;
  readonly #budget: Budget;
  #evaluator: Sandbox | undefined;
  readonly #copied: number;
  #cpuMs = 0;

  /** Copies what lies in the `source` folder's deliverables into `folder`, which is empty and this object's from now on. */
  constructor(kit: Kit, { folder, source, budget, renamed = {} }: HandedIn) {
    this.#kit = kit;
    this.#budget = budget;
    this.folder = folder;
    const anomalies: Anomaly[] = [];
    this.#copied = source === undefined ? 0 : copy(join(source, 'deliverables'), folder, anomalies);
    copyUnderNewNames(folder, renamed);
    this.anomalies = anomalies;
  }

  /** CPU milliseconds that evaluating has cost. */
  get cpuMs(): number {
    return this.#cpuMs + (this.#evaluator?.cpuMs() ?? 0);
  }

  /** The value that was handed in under this name, as tagged JSON. */
  async read(name: string): Promise<Answer> {
    if (this.#copied === 0)
      return { ok: false, fault: { kind: 'missing', message: `Nothing was handed in as ${name}.`, hint: handInHint } };
    const answer = await this.#ask({ op: 'decode', name });
    return !answer.ok && answer.fault.kind === 'missing' ? { ok: false, fault: { ...answer.fault, hint: handInHint } } : answer;
  }

  /** Scores of a handed-in model on a batch, as tagged JSON. */
  predict(model: unknown, inputs: unknown): Promise<Answer> {
    return this.#ask({ op: 'predict', model, inputs });
  }

  /** What calls of a student's loop give, as tagged JSON: the evaluator compiles its text and makes them. */
  loop(request: unknown): Promise<Answer> {
    return this.#ask({ op: 'loop', request });
  }

  async close(): Promise<void> {
    await this.#endEvaluator();
    await removeHandIns(this.folder);
  }

  /** An evaluator may be ended from outside. What was handed in ends it twice. */
  async #ask(request: Request): Promise<Answer> {
    const answer = await this.#askOnce(request);
    return !answer.ok && answer.fault.kind === 'crashed' ? this.#askOnce(request) : answer;
  }

  async #askOnce(request: Request): Promise<Answer> {
    if (this.#budget.isOver()) return { ok: false, fault: { kind: 'timeout', message: this.#budget.over ?? '' } };
    this.#evaluator ??= this.#kit.open('evaluator.ts', { deliverables: this.folder });
    try {
      return await this.#evaluator.ask(request, this.#kit.limits.evaluateCpuMs, { budget: this.#budget });
    } catch (error) {
      await this.#endEvaluator();
      if (!(error instanceof SandboxDeath) || error.state === 'not gradable') throw error;
      const kind = error.state as Fault['kind'];
      return { ok: false, fault: { kind, message: `Evaluating what was handed in: ${error.message}` } };
    }
  }

  async #endEvaluator(): Promise<void> {
    const evaluator = this.#evaluator;
    this.#evaluator = undefined;
    if (!evaluator) return;
    this.#cpuMs += evaluator.cpuMs();
    await evaluator.close();
  }
}

/** Removes copies of grading runs that were killed before they could clean up. */
export async function sweepCopies(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter(entry => entry.startsWith(copyPrefix))) {
    const pid = name.slice(copyPrefix.length).split('-')[0];
    if (!existsSync(`/proc/${pid}`)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/**
 * Makes an empty folder for copies. It lies in one that nobody else may enter; sandboxes are shown the inner folder at a place of their own, so
 * that what root copies can be read there by their user and by nobody else.
 */
export function handInFolder(): string {
  const folder = join(mkdtempSync(join(tmpdir(), `${copyPrefix}${process.pid}-`)), 'files');
  mkdirSync(folder);
  chmodSync(folder, folderMode);
  return folder;
}

/** Takes a folder for copies away again. */
export async function removeHandIns(folder: string): Promise<void> {
  await rm(dirname(folder), { recursive: true, force: true });
}

function copyUnderNewNames(folder: string, renamed: Readonly<Record<string, string>>): void {
  const there = readdirSync(folder);
  for (const [old, name] of Object.entries(renamed))
    for (const end of ['json', 'safetensors'])
      if (there.includes(`${old}.${end}`) && !there.includes(`${name}.json`))
        copyFileSync(join(folder, `${old}.${end}`), join(folder, `${name}.${end}`));
}

/** Copies the regular files that could be deliverables and counts them; whatever else lies there is left alone and named. */
function copy(source: string, folder: string, anomalies: Anomaly[]): number {
  if (!lstatSync(source, { throwIfNoEntry: false })?.isDirectory()) return 0;
  let copied = 0;
  const names = readdirSync(source)
    .filter(name => !name.startsWith('.'))
    .sort();
  const refuse = (about: string, detail: string): void => void anomalies.push({ kind: 'refused', about, detail });
  for (const name of names.slice(maximumDeliverables)) refuse(name, `more than ${maximumDeliverables} files`);
  for (const name of names.slice(0, maximumDeliverables)) {
    try {
      if (!deliverableName.test(name)) throw new Refused('its name is not that of a deliverable');
      if (!names.includes(name.replace(/\.\w+$/, '.json'))) throw new Refused('the values of a model without its graph');
      writeFileSync(join(folder, name), readRegular(join(source, name), maximumDeliverableBytes), { flag: 'wx', mode: fileMode });
      copied++;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refuse(name, error.message);
    }
  }
  return copied;
}
