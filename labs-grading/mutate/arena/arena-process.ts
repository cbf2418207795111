// A process of its own, apart from the command: it runs the lab's answers and those that rules made of them, and marks them with the lab's
// own checks. What runs here was written by the lab's authors or made of it, never by a student.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HiddenCases, Lab, Question } from 'tinylab';
import { localSession, questionOf, runQuestion, type Session, setCheckHooks } from 'tinylab/grading';
import { type CompiledCell, createCellCompiler } from '../../../kernels/jupyter/compile.ts';
import { createCellExecutor } from '../../../kernels/jupyter/execute.ts';
import { rememberingCompiler } from '../../../kernels/jupyter/remembering-compiler.ts';
import { delivered } from '../../../scripts/notebook/reader.mjs';
import { announceHost } from '../../run/inside/kernel-host.ts';
import { verdictOf } from './marks.ts';
import type { FromArena, ToArena, ToOpen, Verdict } from './messages.ts';
import { Recording } from './replay.ts';

/** Further seeds where loops are called. */
const loopSeeds = 3;

class Arena {
  readonly #about: ToOpen;
  readonly #question: Question;
  readonly #extra: HiddenCases['bodies'][string] | undefined;
  readonly #compiler;
  readonly #executor;
  readonly #session: Session;
  readonly #recording: Recording;
  readonly #deliverables: string;
  /** What is declared before the answer cell. */
  #before = '';

  constructor(about: ToOpen, lab: Lab, hidden: HiddenCases | undefined) {
    this.#about = about;
    this.#question = questionOf(lab, about.question);
    this.#extra = hidden?.bodies[about.question];
    this.#deliverables = join(about.folder, 'deliverables');
    mkdirSync(this.#deliverables, { recursive: true });
    // A process that was ended in the middle of an answer left the lab's own results aside.
    this.#putBack();
    setCheckHooks({ deliverables: this.#deliverables, saved: true, fill: true, graded: true, staff: true });
    this.#compiler = rememberingCompiler(createCellCompiler(about.folder));
    this.#executor = createCellExecutor(about.folder);
    announceHost(this.#lookup);
    this.#session = localSession({ lookup: this.#lookup }, { deliverables: this.#deliverables });
    this.#recording = new Recording(this.#question);
  }

  /** Runs the lab's own cells, asks its answer on all seeds, and makes sure that it has full marks. */
  async open(): Promise<FromArena> {
    let declarations = '';
    for (const { name, source } of this.#about.cells) {
      this.#before = declarations;
      const cell = this.#compiler.convert(declarations, source);
      const outcome = await this.#executor.runCompiled(cell, { name, id: name, source });
      if (!outcome.ok) throw new Error(`cell ${name} of the lab: ${String(outcome.error)}`);
      declarations = cell.declarations ?? declarations;
    }
    const begin = performance.now();
    const own = verdictOf(await this.#recording.add(this.#question, this.#session, this.#how(this.#about.seed)));
    if (own.state !== 'passed') throw new Error(`the lab's own answer to ${this.#question.id} does not have full marks: ${own.why}`);
    const { calls, loops } = this.#recording;
    for (let seed = 1; seed <= this.#furtherSeeds; seed++) await this.#recording.add(this.#question, this.#session, this.#how(seed));
    return { type: 'opened', calls: calls || loops, asked: this.#recording.size, askedMs: performance.now() - begin };
  }

  /** How many seeds more are asked: without calls every one asks the same, and each call of a loop has a memory of its own to prepare. */
  get #furtherSeeds(): number {
    const { calls, loops } = this.#recording;
    return loops ? loopSeeds : calls ? this.#about.seeds : 0;
  }

  async wrong(answer: string): Promise<Verdict> {
    return this.#with(answer, async () => {
      const { calls, loops } = this.#recording;
      if (calls && !loops && (await this.#recording.sameIn(this.#session))) return { state: 'same' };
      const verdict = verdictOf(await this.#ask(this.#about.seed));
      if (verdict.state !== 'passed') return verdict;
      // A loop that gives the same may still take more than it may, which only the checks know.
      return loops ? ((await this.#recording.sameIn(this.#session)) ? { state: 'same' } : verdict) : calls ? verdict : { state: 'same' };
    });
  }

  async right(answer: string, seeds: readonly number[]): Promise<Verdict> {
    return this.#with(answer, async () => {
      // Without calls every seed asks the same.
      for (const seed of [this.#about.seed, ...seeds.slice(0, this.#furtherSeeds)]) {
        const verdict = verdictOf(await this.#ask(seed));
        if (verdict.state !== 'passed') return verdict;
      }
      return { state: 'passed' };
    });
  }

  /** Has `answer` in the place of the lab's own while `mark` runs, and the lab's own again afterwards, its deliverables included. */
  async #with(answer: string, mark: () => Promise<Verdict>): Promise<Verdict> {
    const cell = this.#compiler.convert(this.#before, answer);
    if (cell.diagnostics.length > 0) return { state: 'no program', why: cell.diagnostics[0]?.message };
    const aside = this.#putAside(answer);
    try {
      const outcome = await this.#run(answer, cell);
      const verdict = await mark();
      // What a cell gave before an error ended it is asked for all the same.
      return outcome.ok || verdict.state !== 'caught' ? verdict : { ...verdict, by: 'error', why: String(outcome.error).slice(0, 500) };
    } finally {
      aside();
      const own = this.#about.cells.at(-1)?.source ?? '';
      await this.#run(own, this.#compiler.convert(this.#before, own));
    }
  }

  /** Runs an answer cell in the place of the one before. */
  #run(source: string, cell: CompiledCell) {
    return this.#executor.runCompiled(cell, { name: this.#question.id, id: this.#question.id, source });
  }

  /** A name with its value; none where the last run of its cell gave it none. */
  readonly #lookup = (name: string) => {
    const { failed, ...found } = this.#executor.lookup(name);
    return failed ? { found: false } : found;
  };

  /** Moves away what the lab's own answer handed in under the names that this one delivers; the function returned moves it back. */
  #putAside(answer: string): () => void {
    const names = delivered(answer);
    const files = readdirSync(this.#deliverables).filter(file =>
      names.some(name => file === `${name}.json` || file === `${name}.safetensors`),
    );
    for (const file of files) renameSync(join(this.#deliverables, file), join(this.#aside, file));
    return () => this.#putBack();
  }

  #putBack(): void {
    mkdirSync(this.#aside, { recursive: true });
    for (const file of readdirSync(this.#aside)) {
      rmSync(join(this.#deliverables, file), { force: true });
      renameSync(join(this.#aside, file), join(this.#deliverables, file));
    }
  }

  get #aside(): string {
    return join(this.#about.folder, 'aside');
  }

  #ask(seed: number) {
    return runQuestion(this.#question, this.#session, this.#how(seed));
  }

  #how(seed: number) {
    return { seed, ...(this.#extra && { extra: this.#extra }) };
  }
}

let arena: Arena | undefined;

/** An answer may print, and leave promises that nobody awaits: neither ends the process. */
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});

async function load(path: string): Promise<unknown> {
  return (await import(pathToFileURL(path).href)).default;
}

async function answer(message: ToArena): Promise<FromArena> {
  if (message.type === 'open') {
    const { checks, hidden } = message.about;
    process.chdir(message.about.folder);
    const cases = hidden !== undefined && existsSync(hidden) ? ((await load(hidden)) as HiddenCases) : undefined;
    arena = new Arena(message.about, (await load(checks)) as Lab, cases);
    return arena.open();
  }
  if (!arena) throw new Error('no question is open');
  return {
    type: 'verdict',
    verdict: message.type === 'wrong' ? await arena.wrong(message.answer) : await arena.right(message.answer, message.seeds),
  };
}

process.on('message', async (message: ToArena) => {
  const said = await answer(message).catch((error: Error): FromArena => ({ type: 'broken', message: String(error.stack ?? error) }));
  process.send?.(said);
});
process.on('disconnect', () => process.exit(0));
