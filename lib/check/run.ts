import { LabError } from '../tensor/errors.ts';
import { random } from '../tensor/random.ts';
import { Examiner } from './examiner.ts';
import { recordFault, stateOf } from './fault.ts';
import type { Lab, Question, QuestionBody } from './lab.ts';
import { Recorder } from './record.ts';
import { type CheckReport, type LabReport, labReport, type QuestionState } from './report.ts';
import { faultOf, type Session } from './session.ts';
import { StudentFault } from './student-fault.ts';
import { missingTools } from './tools.ts';

/** What is asked beside the public cases, and with which seed. */
export interface RunOptions {
  /** The same seed asks the same things. */
  readonly seed: number;
  /** Report the author's words only, for every case. */
  readonly hidden?: boolean;
  /** Further cases of which only the author's words are reported; a part must pass here too. */
  readonly extra?: QuestionBody;
  /** True for a grader that has hidden cases: a sealed choice must be judged by one of them. */
  readonly judges?: boolean;
  /** Names of earlier answers that the library stands in for. */
  readonly staff?: readonly string[];
}

/** Seed of the cases that everybody may see: those of the notebook and the terminal. */
export const publicSeed = 2026;

/**
 * Asks one question. Whatever the student's code does (throws, returns the wrong kind, is missing) becomes a failed item. An
 * exception of the check is the answer's (`refused value`, no points) once a value of the student has come, since what a check does from
 * there on it does to that value; before, or when the check says so itself (`check/…`), it is ours: `not gradable`, which costs nobody marks.
 * A question that needs a tool which this machine lacks is not asked.
 */
export async function runQuestion(question: Question, session: Session, options: RunOptions): Promise<CheckReport> {
  const recorder = new Recorder();
  const lacks = await missingTools(question.tools ?? []);
  if (lacks.length > 0) {
    const told = lacks.map(({ name, why = '', get = '' }) => ({ name, why, get }));
    return { ...reportOf(question, recorder, { ended: 'tool missing', staff: [] }), missingTools: told };
  }
  const rng = random(options.seed).split(question.id);
  const bodies = [
    { body: question.body, rng, hidden: options.hidden ?? false },
    ...(options.extra ? [{ body: options.extra, rng: rng.split('hidden'), hidden: true }] : []),
  ];
  let ended: QuestionState | undefined;
  const watched = watch(session);
  for (const { body, ...how } of bodies) {
    const q = new Examiner({ session: watched.session, recorder, ops: question.ops, ...how });
    try {
      await session.begin(question.withhold ?? []);
      await body(q);
      if (recorder.count === 0)
        throw new LabError('check/empty', `Question ${question.id} checked nothing.`, 'Its body should compare something.');
    } catch (error) {
      if (recordFault(error, recorder, { asked: q.asked, hidden: how.hidden })) continue;
      ended = recordEnd(error, recorder, { asked: q.asked, hidden: how.hidden, theirs: watched.taken() });
      break;
    }
  }
  if (options.judges && recorder.seals.size > 0) ended ??= unjudged([...recorder.seals], recorder);
  return reportOf(question, recorder, { ended, staff: options.staff ?? [] });
}

/** Sealed choices without a hidden case are a mistake of the lab, which must give nobody points. */
function unjudged(names: readonly string[], recorder: Recorder): QuestionState {
  const got = `Nothing in hidden.ts judges ${names.join(', ')}.`;
  recorder.add({ asked: 'the sealed choices', reason: 'check error', got }, false);
  return 'not gradable';
}

const refusal = 'a value of another form than the question asks for; the check could not take it apart';
const refusalHint = 'Return what the question describes: the same fields, names and kinds of values.';

/** The session, and whether a value of the student has come through it. */
function watch(session: Session): { session: Session; taken(): boolean } {
  let taken = false;
  const note = async <T>(value: Promise<T>): Promise<T> => {
    const got = await value;
    taken = true;
    return got;
  };
  const watched: Session = {
    begin: names => session.begin(names),
    call: (name, args) => note(session.call(name, args)),
    read: name => note(session.read(name)),
    deliverable: name => note(session.deliverable(name)),
    predict: (model, inputs) => note(session.predict(model, inputs)),
    loop: request => note(session.loop(request)),
  };
  return { session: watched, taken: () => taken };
}

function recordEnd(error: unknown, recorder: Recorder, about: { asked: string; hidden: boolean; theirs: boolean }): QuestionState {
  const ours = error instanceof LabError && error.code.startsWith('check/');
  const refused = !stateOf(error) && about.theirs && !ours;
  if (refused) {
    recorder.add({ asked: about.asked, reason: 'refused value', got: refusal, hint: about.hidden ? undefined : refusalHint }, about.hidden);
    return 'refused value';
  }
  const state = stateOf(error);
  const { message, hint, where } = error instanceof StudentFault ? error.fault : faultOf('threw', error);
  const reason = state ? 'stopped' : 'check error';
  const told = about.hidden || hint === undefined ? {} : { hint, ...(!(error instanceof StudentFault) && { hintFrom: 'error' as const }) };
  recorder.add({ asked: about.asked, reason, got: message, ...told, where }, about.hidden);
  return state ?? 'not gradable';
}

function reportOf(question: Question, recorder: Recorder, end: { ended?: QuestionState; staff: readonly string[] }): CheckReport {
  const { id, points, bonus, title = id } = question;
  const full = points + (bonus ?? 0);
  const score = recorder.score(full);
  const state = end.ended ?? (score === full ? 'passed' : score === 0 ? 'failed' : 'partial');
  const report = { question: id, title, points, score, state, parts: recorder.parts, items: recorder.items, staff: end.staff };
  return bonus === undefined ? report : { ...report, bonus };
}

/** Asks every question of a lab in order, with the same seed. */
export async function runLab(lab: Lab, session: Session, options: RunOptions): Promise<LabReport> {
  const reports: CheckReport[] = [];
  for (const question of lab.questions) reports.push(await runQuestion(question, session, options));
  return labReport(lab.id, reports);
}
