import type { Dataset } from '../data/dataset.ts';
import type { LoopProblem } from '../loops/problems/problem.ts';
import type { Model } from '../model/model.ts';
import { checkedModel } from '../model/serialize.ts';
import type { ModelLimits } from '../model/validate.ts';
import { isArray, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import type { Random } from '../tensor/random.ts';
import { difference, exact, kindOf, type Tolerance } from './compare.ts';
import { contrastOf } from './contrast.ts';
import { describe } from './describe.ts';
import { shareCorrect } from './evaluate.ts';
import { recordFault } from './fault.ts';
import { type CountQuestion, judgeCounts, judgeLoop, type LoopJudge, type LoopQuestion, type NamedLoop } from './loops/judge.ts';
import { assertModel } from './model-wire.ts';
import { noNumber } from './no-number.ts';
import type { CloseOptions, CompareOptions, NumberOptions } from './options.ts';
import type { Evidence, Finding, Recorder } from './record.ts';
import { CheckerCallback, type Session } from './session.ts';
import { StudentFault } from './student-fault.ts';
import { TensorValue } from './wire.ts';

/** Caps on a model that is handed in. */
const handedIn: ModelLimits = { bytes: 2 ** 27, nodes: 2000, depth: 1000, values: 2 ** 24, macs: 1e10, finite: true };

export interface ExaminerOptions {
  readonly session: Session;
  readonly rng: Random;
  readonly hidden: boolean;
  readonly recorder: Recorder;
  /** Ops that a handed-in model may be made of; by default all. */
  readonly ops?: readonly string[];
}

/** The vocabulary of a check: what a question may ask for and how answers are compared. Everything it finds goes into the report. */
export class Examiner {
  /** The question's own seeded stream. */
  readonly rng: Random;
  /** True while cases run of which a student may learn only the hint. */
  readonly hidden: boolean;
  readonly #session: Session;
  readonly #recorder: Recorder;
  readonly #limits: ModelLimits;
  #asked = 'the answer';
  /** The last call: the function's name and its arguments. */
  #call: { readonly name: string; readonly args: readonly unknown[] } = { name: '', args: [] };
  #series = 0;

  constructor({ session, rng, hidden, recorder, ops }: ExaminerOptions) {
    this.rng = rng;
    this.hidden = hidden;
    this.#session = session;
    this.#recorder = recorder;
    this.#limits = ops ? { ...handedIn, ops } : handedIn;
  }

  /** What was asked for last, in words. */
  get asked(): string {
    return this.#asked;
  }

  /** `n` generated inputs, each from a stream of its own: the fifth stays the same when the others change. */
  cases<T>(n: number, make: (rng: Random, index: number) => T): T[] {
    const series = this.rng.split(`cases ${this.#series++}`);
    return Array.from({ length: n }, (_, i) => make(series.split(i), i));
  }

  /** Calls the student's function and returns what comes back; a returned tensor arrives as an array. */
  call(name: string, ...args: unknown[]): Promise<unknown> {
    this.#asked = `${name}(${args.map(describeArgument).join(', ')})`;
    this.#call = { name, args };
    return this.#session.call(name, args);
  }

  /** The value of one of the student's top-level names. */
  read(name: string): Promise<unknown> {
    this.#asked = name;
    this.#call = { name, args: [] };
    return this.#session.read(name);
  }

  /** What the notebook handed in with `deliver(name, …)`: a model, an array, a table, a number. */
  deliverable(name: string): Promise<unknown> {
    this.#asked = `the deliverable ${name}`;
    this.#call = { name, args: [] };
    return this.#session.deliverable(name);
  }

  /** Share of `dataset`'s images that a handed-in model classifies rightly, 0–1. */
  async accuracy(model: Model, dataset: Pick<Dataset, 'images' | 'labels'>): Promise<number> {
    this.#asked = `the accuracy of ${describe(model)}`;
    return shareCorrect(await this.#session.predict(model, dataset.images), dataset.labels);
  }

  /** Marks an array so that it arrives in the student's function as a `tf.Tensor`. */
  tensor(array: NDArray): TensorValue {
    return new TensorValue(array);
  }

  /** A function that the student's code may call (and must await) while it answers this call, at most `limit` times; calls made at once are answered in turn. */
  callback(fn: (...args: unknown[]) => unknown, options: { limit?: number } = {}): CheckerCallback {
    if (this.hidden)
      throw new LabError('check/callback', 'A hidden case may not hand out a callback.', 'It would let the code probe hidden data.');
    return new CheckerCallback(fn, options.limit ?? 1000);
  }

  /** A part with points of its own. What fails inside it, a thrown error included, costs this part only. */
  async part(id: string, options: { points: number; asked?: string }, body: () => void | Promise<void>): Promise<void> {
    await this.#recorder.within(id, options.points, async () => {
      try {
        await body();
      } catch (error) {
        const asked = options.asked ?? this.#asked;
        if (!recordFault(error, this.#recorder, { asked, hidden: this.hidden })) throw error;
      }
    });
  }

  /** Asks for exactly this value. */
  equal(got: unknown, expected: unknown, options: CompareOptions = {}): boolean {
    return this.#compare(got, expected, { ...options, tolerance: exact });
  }

  /** Asks for this value up to rounding: |got - expected| ≤ absolute + relative · |expected|. */
  close(got: unknown, expected: unknown, options: CloseOptions = {}): boolean {
    return this.#compare(got, expected, options);
  }

  /** Asks that a condition holds; `hint` says what it means when it does not. */
  true(condition: boolean, options: { asked: string; hint?: string; got?: unknown }): boolean {
    const { asked, hint } = options;
    if (condition === true) return this.#add({ asked, reason: 'right' });
    const got = 'got' in options ? describe(options.got) : undefined;
    return this.#add({ asked, reason: 'wrong', hint, got });
  }

  /** A multiple-choice answer: the student's `name` holds the letter. Each wrong option is a known misconception with its hint. */
  async choice(name: string, right: string, wrong: Readonly<Record<string, string>>): Promise<boolean> {
    const letter = await this.#letter(name, [right, ...Object.keys(wrong)]);
    if (this.hidden) this.#recorder.seals.delete(name);
    if (letter === undefined) return false;
    if (letter === right) return this.#add({ asked: name, reason: 'right' });
    return this.#add({ asked: name, reason: 'known mistake', got: describe(letter), hint: wrong[letter] });
  }

  /**
   * A multiple-choice answer whose right letter only the grader has: here any of the options is noted. The hidden cases of the question must
   * ask for it with `choice`, in the same part; where a grader finds none, the question is not gradable.
   */
  async sealed(name: string, options: readonly string[]): Promise<boolean> {
    const letter = await this.#letter(name, options);
    this.#recorder.seals.add(name);
    return letter !== undefined && this.#add({ asked: `${name}: '${letter}' is noted, and judged when graded`, reason: 'right' });
  }

  /** The letter that `name` holds; anything else fails, saying what may stand there. */
  async #letter(name: string, options: readonly string[]): Promise<string | undefined> {
    const got = await this.read(name);
    const letter = typeof got === 'string' ? got.trim().toLowerCase() : '';
    if (options.includes(letter)) return letter;
    const sorted = options.toSorted();
    const expected = `one of ${sorted.map(o => `'${o}'`).join(', ')}`;
    const hint = `Write: const ${name} = '${sorted[0]}'; with your choice.`;
    this.#add({ asked: name, reason: 'wrong kind', expected, got: describe(got), hint });
    return undefined;
  }

  /**
   * A number that the student worked out: `name` holds it. Without a tolerance it must be exact; where many numbers satisfy the question, `accepts`
   * says which. What is expected is never shown: any number typed would print the answer.
   */
  async number(name: string, expected: number, options: NumberOptions = {}): Promise<boolean> {
    const got = await this.read(name);
    const tolerance = toleranceOf(options.tolerance ?? 0);
    const asked = options.asked ?? this.#asked;
    const right = typeof got === 'number' && options.accepts ? options.accepts(got) : !difference(got, expected, tolerance);
    if (right) return this.#add({ asked, reason: 'right' });
    if (typeof got !== 'number')
      return this.#add({ asked, reason: 'wrong kind', expected: 'a number', got: describe(got), hint: options.hint ?? unquoted(got) });
    const known = options.known?.find(([value]) => !difference(got, value, tolerance));
    const told = known?.[1] ?? noNumber(got);
    return this.#add({ asked, reason: told ? 'known mistake' : 'wrong', got: describe(got), hint: told ?? options.hint });
  }

  /** A loop that the student wrote: `name` holds its text. It must give exactly what each problem asks for, on inputs that only the seed tells. */
  async loop(name: string, problems: LoopProblem | readonly LoopProblem[], question: LoopQuestion = {}): Promise<boolean> {
    const asked = { ...(await this.#text(name)), problems: [problems].flat() };
    return judgeLoop(this.#judge(), asked, question);
  }

  /** What that loop does in one call, which must give the right output: counters and misses of simulated caches, each within its bound. Time is not looked at. */
  async counts(name: string, problem: LoopProblem, question: CountQuestion): Promise<boolean> {
    return judgeCounts(this.#judge(), { ...(await this.#text(name)), problem }, question);
  }

  #judge(): LoopJudge {
    return { session: this.#session, rng: this.rng.split(`loop ${this.#series++}`), add: (...found) => this.#add(...found) };
  }

  /** The text that `name` holds; anything else ends the part. */
  async #text(name: string): Promise<NamedLoop> {
    const source = await this.read(name);
    return { name, source: typeof source === 'string' ? source : this.#refuse(source, 'the text of a loop') };
  }

  /** The value as an array (of this shape); anything else ends the part with a clear message. */
  asArray(got: unknown, shape?: readonly number[]): NDArray {
    const fits = isArray(got) && (!shape || (got.shape.length === shape.length && shape.every((axis, i) => axis === got.shape[i])));
    return fits ? got : this.#refuse(got, shape ? `an array of shape [${shape.join(', ')}]` : 'an array or a tensor');
  }

  /** The value as a number. */
  asNumber(got: unknown): number {
    return typeof got === 'number' ? got : this.#refuse(got, 'a number');
  }

  /** The value as a list. */
  asList(got: unknown): readonly unknown[] {
    return Array.isArray(got) ? got : this.#refuse(got, 'a list');
  }

  /** The value as a record. */
  asRecord(got: unknown): Readonly<Record<string, unknown>> {
    return kindOf(got) === 'record' ? (got as Record<string, unknown>) : this.#refuse(got, 'a record');
  }

  /** What stands in this field of a record; a value without it ends the part, saying which field is missing. */
  field(record: unknown, name: string): unknown {
    const fields = this.asRecord(record);
    const { [name]: value } = fields;
    return Object.hasOwn(fields, name) ? value : this.#refuse(record, `a record with the field ${name}`);
  }

  /**
   * The value as a model whose values have the shapes that its graph says: sizes and counts of it can be trusted. A model over the caps or
   * made of other ops than the question allows is refused here, before anything runs.
   */
  asModel(got: unknown): Model {
    return checkedModel(assertModel(this.asRecord(got)), this.#limits);
  }

  #refuse(got: unknown, expected: string): never {
    const message = `expected ${expected}; got ${describe(got)}`;
    const nothing = 'Nothing is there (undefined): does every way through the function end in return?';
    throw new StudentFault({ kind: 'wrong kind', message, ...(got === undefined && { hint: nothing }) });
  }

  #compare(got: unknown, expected: unknown, options: CloseOptions): boolean {
    const tolerance = toleranceOf(options.tolerance);
    const asked = options.asked ?? this.#asked;
    const found = difference(got, expected, tolerance);
    const { name, args } = this.#call;
    const comparison = { about: options.asked ?? name, got, expected, args, passed: !found, tolerance };
    const known = options.known ?? [];
    const matching = known.filter(([value]) => !difference(got, value, tolerance)).map(([, hint]) => hint);
    const evidence = { comparison, foreseen: { matching, offered: known.map(([, hint]) => hint) } };
    if (!found) return this.#add({ asked, reason: 'right' }, evidence);
    const { kind, ...parting } = found;
    const arrays = contrastOf(got, expected);
    return this.#add({ asked, reason: kind, ...parting, hint: options.hint, ...(arrays && { arrays }) }, evidence);
  }

  #add(finding: Finding, evidence?: Evidence): boolean {
    return this.#recorder.add(finding, this.hidden, evidence);
  }
}

/** A number that was written as text. */
const unquoted = (got: unknown): string | undefined => (typeof got === 'string' ? 'Write the number without quotes.' : undefined);

function describeArgument(arg: unknown): string {
  if (arg instanceof TensorValue) return `tensor ${describe(arg.array)}`;
  return arg instanceof CheckerCallback ? 'a callback' : describe(arg);
}

function toleranceOf(given: CloseOptions['tolerance']): Tolerance {
  if (typeof given === 'number') return { relative: given, absolute: 0 };
  return { relative: given?.relative ?? 1e-5, absolute: given?.absolute ?? 1e-6 };
}
