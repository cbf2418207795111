/** Why no value came. The last six stop the question; of them only `compile error` is told in a notebook, too. */
export type FaultKind =
  | 'missing'
  | 'not a function'
  | 'threw'
  | 'not a value'
  | 'changed input'
  | 'wrong kind'
  | 'refused'
  | 'staff'
  | 'compile error'
  | 'timeout'
  | 'memory'
  | 'output limit'
  | 'crashed'
  | 'not run';

/** What came in place of a value. */
export interface Fault {
  /** Why no value came. */
  readonly kind: FaultKind;
  /** What happened, in words for the student. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  /** Where in the student's code: `cell 12, line 3`. */
  readonly where?: string;
}

/** Thrown in a check when the student's side gave no value. It costs the question, never the run. */
export class StudentFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.name = 'StudentFault';
    this.fault = fault;
  }
}
