type Verdict = 'passed' | 'failed' | undefined;

/** What a grader without protection made of one submission, and what became of the grader. */
export interface NaiveOutcome {
  /** Verdict on `add`, by the place where such graders look for it. */
  readonly verdicts: {
    /** The last line `add: …` of what was printed. */
    readonly stdout: Verdict;
    /** results.json in the working folder, some time after the end. */
    readonly file: Verdict;
    /** A frame on an inherited descriptor. */
    readonly channel: Verdict;
    /** Exit code 0. */
    readonly exit: Verdict;
    /** No check cell of the student's own notebook failed. */
    readonly cells: Verdict;
    /** The outputs that the notebook was saved with. */
    readonly saved: Verdict;
  };
  /** The deliverable `numbers` holds the right values. */
  readonly numbers: Verdict;
  /** Points that the notebook's metadata offers. */
  readonly points: number;
  readonly signal: string | null;
  /** It had to be stopped. */
  readonly hung: boolean;
  readonly printedBytes: number;
  readonly diskBytes: number;
  readonly files: number;
  readonly residentBytes: number;
  /** Most processes at once. */
  readonly processes: number;
  /** Command lines that went on after the end. */
  readonly lingering: readonly string[];
  /** Connections that came to a listener on this machine. */
  readonly connections: number;
  /** Object.prototype of the grader has a new property. */
  readonly polluted: boolean;
  /** Page with outputs and errors, as a grader shows it that escapes nothing. */
  readonly page: string;
  /** Files outside of the folders that a submission may write to. */
  readonly stray: readonly string[];
  /** Text that student code wrote somewhere people look. */
  readonly told: string;
  /** The grader itself ended before it had a result. */
  readonly graderCrashed: boolean;
}
