import type { CheckReport, HiddenCases, Question } from 'tinylab';
import { CheckerCallback, difference, runQuestion, type Session, StudentFault } from 'tinylab/grading';

/** One value that a check asked for, and what the lab's own answer gave. */
interface Asked {
  readonly name: string;
  /** Absent where a name was read. */
  readonly args?: readonly unknown[];
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

  get calls(): boolean {
    return this.#asked.some(({ args }) => args !== undefined);
  }

  /** Asks the question once, keeps what was asked and answered, and returns what the checks say of it. */
  async add(
    question: Question,
    session: Session,
    how: { readonly seed: number; readonly extra?: HiddenCases['bodies'][string] },
  ): Promise<CheckReport> {
    const keep = async (name: string, args: readonly unknown[] | undefined, ask: () => Promise<unknown>): Promise<unknown> => {
      try {
        const value = await ask();
        this.#asked.push({ name, ...(args && { args }), answer: { value } });
        return value;
      } catch (error) {
        this.#asked.push({ name, ...(args && { args }), answer: faultOf(error) });
        throw error;
      }
    };
    const recording: Session = {
      ...session,
      call: (name, args) => keep(name, args, () => session.call(name, args)),
      read: name => keep(name, undefined, () => session.read(name)),
    };
    return runQuestion(question, recording, how);
  }

  /** Whether this session answers all that was asked as the lab's own answer did. It stops at the first that differs. */
  async sameIn(session: Session): Promise<boolean> {
    await session.begin(this.#withhold);
    for (const { name, args, answer } of this.#asked) {
      const got = await answered(() => (args ? session.call(name, args.map(fresh)) : session.read(name)));
      if (!alike(got, answer)) return false;
    }
    return true;
  }
}

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
