import { LabError } from '../tensor/errors.ts';
import type { Callback } from './session.ts';

/** Callbacks that one request may make; the grader's channel carries no more. */
export const mostCallbacks = 10_000;

/** The callbacks of one request. */
export interface CallbackQueue {
  /**
   * Calls back once all earlier calls are answered.
   * @throws LabError `check/callback` (a rejection) after `close`, and for more calls than `mostCallbacks`.
   */
  readonly call: Callback;
  /** Refuses further calls, and waits until all made so far are answered. */
  close(): Promise<void>;
}

/**
 * Puts the callbacks of one request in a queue: a student may make many at once (`Promise.all`), race them, or forget to wait for some, and
 * the check still sees one after the other, in the order of the calls, and all of them before the answer.
 */
export function callbackQueue(callback: Callback): CallbackQueue {
  let last: Promise<unknown> = Promise.resolve();
  let calls = 0;
  let closed = false;
  return {
    call: async (...call) => {
      if (closed) throw late();
      if (++calls > mostCallbacks)
        throw new LabError('check/callback', `The callback was called more than ${mostCallbacks} times.`, 'Call it less often.');
      const answered = last.then(() => callback(...call));
      last = answered.catch(() => {});
      return answered;
    },
    close: async () => {
      closed = true;
      await last;
    },
  };
}

const late = (): LabError =>
  new LabError(
    'check/callback',
    'That callback is no longer valid: the function that it was given to has returned.',
    'Wait for every call (await, or Promise.all) before the function returns.',
  );
