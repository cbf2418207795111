import { type Problem, problemLine } from './problem.ts';

/** What a person has to look at: the first word names whose file or place it is. */
export type GraderErrorCode =
  | 'collect/source'
  | 'collect/roster'
  | 'collect/disk'
  | 'course/settings'
  | 'disk/refused'
  | 'lab/migrations'
  | 'lab/problems'
  | 'lab/slip'
  | 'export/table'
  | 'gradebook/corrupt'
  | 'gradebook/newer'
  | 'gradebook/disk-full'
  | 'gradebook/disk'
  | 'gradebook/busy'
  | 'gradebook/stale'
  | 'gradebook/unknown'
  | 'gradebook/refused';

/**
 * A command cannot go on, and a person can mend it: the message says which file or place, what is wrong with it, and what to do next. What was
 * done before it is thrown is kept, and nothing is done in part. Errors of any other class are our own.
 */
export class GraderError extends Error {
  override name = 'GraderError';
  readonly code: GraderErrorCode;
  /** Places in files, where several may be wrong. */
  readonly problems: readonly Problem[];

  constructor(code: GraderErrorCode, wrong: string | readonly Problem[], next?: string) {
    const what = typeof wrong === 'string' ? wrong : wrong.map(problemLine).join('\n');
    // The gradebook's codes are told: what to do about its file stands under them in other places.
    const then = next === undefined ? '' : `\n  ${next}${code.startsWith('gradebook/') ? ` [${code}]` : ''}`;
    super(what + then);
    this.code = code;
    this.problems = typeof wrong === 'string' ? [] : wrong;
  }
}
