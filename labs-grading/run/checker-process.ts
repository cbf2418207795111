// The trusted process: it holds checks, hidden cases, seeds and expected values, and gives the verdict. It never loads code of a student.
import { pathToFileURL } from 'node:url';
import { type HiddenCases, isArray, type Lab } from 'tinylab';
import {
  type Callback,
  type Channel,
  decode,
  encode,
  type Fault,
  findTools,
  questionOf,
  runQuestion,
  StudentFault,
  sessionOver,
} from 'tinylab/grading';
import type { FromChecker, ToChecker } from './checker-messages.ts';

let lab: Lab;
let hidden: HiddenCases | undefined;
let replied: ((reply: never) => void) | undefined;
let callback: Callback | undefined;

const say = (message: FromChecker): void => void process.send?.(message);

function ask(message: FromChecker): Promise<never> {
  const { promise, resolve } = Promise.withResolvers<never>();
  replied = resolve;
  say(message);
  return promise;
}

/** The student's side, reached through the supervisor. */
const channel: Channel = {
  send: (request, answerCallback) => {
    callback = answerCallback;
    return ask({ type: 'request', request });
  },
  deliverable: async name => {
    return unwrap(await ask({ type: 'deliverable', name }));
  },
  predict: async (model, inputs) => {
    const scores = unwrap(await ask({ type: 'predict', model: encode(model), inputs: encode(inputs) }));
    if (!isArray(scores)) throw new Error('the evaluator answered something that is no array');
    return scores;
  },
  // What comes back is judged where it is read: each array, each counter.
  loop: async request => unwrap(await ask({ type: 'loop', request: encode(request) })),
};

function unwrap(reply: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: Fault }): unknown {
  if (!reply.ok) throw new StudentFault(reply.fault);
  return decode(reply.value);
}

async function load(checks: string, hiddenPath: string | undefined): Promise<FromChecker> {
  lab = (await import(pathToFileURL(checks).href)).default;
  hidden = hiddenPath === undefined ? undefined : (await import(pathToFileURL(hiddenPath).href)).default;
  const stray = Object.keys(hidden?.bodies ?? {}).find(id => !lab.questions.some(question => question.id === id));
  if (stray !== undefined) throw new Error(`hidden cases for ${stray}, which is no question of ${lab.id}`);
  const questions = await Promise.all(
    lab.questions.map(async ({ id, title = id, points, uses, needs, withhold = [], tools }) => ({
      ...{ id, title, points, uses, withhold },
      ...(needs && { needs }),
      ...(tools && { tools: await findTools(tools) }),
    })),
  );
  return { type: 'loaded', lab: lab.id, questions, staff: Object.keys(lab.staff) };
}

async function examine(message: Extract<ToChecker, { type: 'question' }>): Promise<FromChecker> {
  const extra = message.hidden ? hidden?.bodies[message.id] : undefined;
  const watched = new WatchedChannel(channel);
  const report = await runQuestion(questionOf(lab, message.id), sessionOver(watched), {
    seed: message.seed,
    extra,
    judges: message.hidden,
  });
  return { type: 'report', report: { ...report, exposed: watched.exposed } };
}

/** Notices when hidden cases hand inputs to the student's code: from then on it may repeat them, also where a later question asks in the open. */
class WatchedChannel implements Channel {
  readonly #channel: Channel;
  readonly deliverable: Channel['deliverable'];
  readonly predict: Channel['predict'];
  /** Loops keep nothing from one call to the next: what hidden cases ask of them is not exposed. */
  readonly loop: Channel['loop'];
  #bodies = 0;
  exposed = false;

  constructor(to: Channel) {
    this.#channel = to;
    this.deliverable = to.deliverable;
    this.predict = to.predict;
    this.loop = to.loop;
  }

  send: Channel['send'] = (request, answerCallback) => {
    // Each body begins; the second one is that of the hidden cases.
    if (request.op === 'begin') this.#bodies++;
    else if (request.op !== 'read' && this.#bodies > 1) this.exposed = true;
    return this.#channel.send(request, answerCallback);
  };
}

async function take(message: ToChecker): Promise<void> {
  if (message.type === 'reply') replied?.(message.reply as never);
  else if (message.type === 'callback') say({ type: 'called', answer: await callback?.(message.name, message.args as never) });
  else {
    const work = message.type === 'load' ? load(message.checks, message.hidden) : examine(message);
    say(await work.catch((error: Error): FromChecker => ({ type: 'broken', message: String(error.stack ?? error) })));
  }
}

process.on('message', message => void take(message as ToChecker));
process.on('disconnect', () => process.exit(0));
