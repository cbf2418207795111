import type { CheckReport, HiddenCases, Question } from 'tinylab';
import { CheckerCallback, difference, type LoopAnswer, type LoopRequest, runQuestion, type Session, StudentFault } from 'tinylab/grading';

/** One value that a check asked for, and what the lab's own answer gave. */
interface Asked {
  readonly name: string;
  /** Absent where a name was read. */
  readonly args?: readonly unknown[];
  /** A loop whose text stands under the name was called. */
  readonly loop?: LoopRequest;
  readonly answer: Answer;
}

type Answer = { readonly value: unknown } | { readonly fault: string };

/** How near two answers are that no check could be asked to tell apart: rounding of 32-bit numbers. */
const near = { relative: 1e-5, absolute: 1e-6 };

/** What the checks of one question asked of the lab's own answer on many seeds. */
export class Recording {
  readonly #withhold: readonly string[];
  readonly #asked: Asked[] = [];

  constructor(question: Question) {
    this.#withhold = question.withhold ?? [];
  }

  get size(): number {
    return this.#asked.length;
  }

  /** Whether loops were called, whose text alone says nothing. */
  get loops(): boolean {
    return this.#asked.some(({ loop }) => loop !== undefined);
  }

  get calls(): boolean {
    return this.#asked.some(({ args }) => args !== undefined);
  }

  /** Asks the question once, keeps what was asked and answered, and returns what the checks say of it. */
  async add(
    question: Question,
    session: Session,
    how: { readonly seed: number; readonly extra?: HiddenCases['bodies'][string] },
  ): Promise<CheckReport> {
    const keep = async <T>(
      what: Omit<Asked, 'answer'>,
      ask: () => Promise<T>,
      seen: (value: T) => unknown = value => value,
    ): Promise<T> => {
      try {
        const value = await ask();
        this.#asked.push({ ...what, answer: { value: seen(value) } });
        return value;
      } catch (error) {
        this.#asked.push({ ...what, answer: faultOf(error) });
        throw error;
      }
    };
    const recording: Session = {
      ...session,
      call: (name, args) => keep({ name, args }, () => session.call(name, args)),
      read: name => keep({ name }, () => session.read(name)),
      loop: request => keep({ name: this.#nameOf(request), loop: request }, () => session.loop(request), outputsOf),
    };
    return runQuestion(question, recording, how);
  }

  /** Whether this session answers all that was asked as the lab's own answer did. It stops at the first that differs. */
  async sameIn(session: Session): Promise<boolean> {
    await session.begin(this.#withhold);
    for (const { name, args, loop, answer } of this.#asked) {
      // Another text may say the same.
      if (!args && !loop && this.#asked.some(one => one.loop && one.name === name)) continue;
      const got = await answered(async () => {
        if (loop) return outputsOf(await session.loop({ ...loop, source: String(await session.read(name)) }));
        return args ? session.call(name, args.map(fresh)) : session.read(name);
      });
      if (!alike(got, answer)) return false;
    }
    return true;
  }

  /** The name under which a loop's text was read. */
  #nameOf({ source }: LoopRequest): string {
    return this.#asked.findLast(({ answer }) => 'value' in answer && answer.value === source)?.name ?? '';
  }
}

/** What a loop gave, without what it took: two ways to the same result are alike. */
const outputsOf = (answers: readonly LoopAnswer[]): unknown => answers.map(({ outputs, value }) => ({ outputs, value }));

/** A callback counts its calls, so each call gets one of its own. */
const fresh = (arg: unknown): unknown => (arg instanceof CheckerCallback ? new CheckerCallback(arg.fn, arg.limit) : arg);

const faultOf = (error: unknown): Answer => {
  if (error instanceof StudentFault) return { fault: error.fault.kind };
  throw error;
};

async function answered(ask: () => Promise<unknown>): Promise<Answer> {
  try {
    return { value: await ask() };
  } catch (error) {
    return faultOf(error);
  }
}

function alike(got: Answer, right: Answer): boolean {
  if ('fault' in got || 'fault' in right) return 'fault' in got && 'fault' in right && got.fault === right.fault;
  return difference(got.value, right.value, near) === undefined;
}
