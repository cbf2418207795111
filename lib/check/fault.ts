import { LabError } from '../tensor/errors.ts';
import type { Finding, Recorder } from './record.ts';
import type { QuestionState } from './report.ts';
import { StudentFault } from './student-fault.ts';

const states = ['compile error', 'timeout', 'memory', 'output limit', 'crashed', 'not run'] as const;

/** The state of a question that this error ends for good, or undefined when the check can go on. */
export function stateOf(error: unknown): QuestionState | undefined {
  return error instanceof StudentFault ? states.find(state => state === error.fault.kind) : undefined;
}

/** The hint of an error over a student's value, marked as such; none of it is told of a hidden case. */
const errorHint = (hint: string | undefined, hidden: boolean): Pick<Finding, 'hint' | 'hintFrom'> =>
  hidden || hint === undefined ? {} : { hint, hintFrom: 'error' };

/**
 * Records what came in place of a value: a fault of the student's side, or a library error that the student's value provoked. Returns
 * false, and records nothing, for what ends the question: a dead session, or a mistake of the check itself.
 */
export function recordFault(error: unknown, recorder: Recorder, about: { asked: string; hidden: boolean }): boolean {
  const { asked, hidden } = about;
  if (error instanceof LabError && !error.code.startsWith('check/')) {
    recorder.add({ asked, reason: 'wrong', got: error.message, ...errorHint(error.hint, hidden) }, hidden);
    return true;
  }
  if (!(error instanceof StudentFault) || stateOf(error)) return false;
  const { kind, message, hint, where } = error.fault;
  recorder.add({ asked, reason: kind as Finding['reason'], got: message, hint: hidden ? undefined : hint, where }, hidden);
  return true;
}
