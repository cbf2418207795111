/** What went wrong with a gradebook, and what a person does next. Nothing was changed when it is thrown. */
export type GradebookProblem =
  | 'gradebook/corrupt'
  | 'gradebook/newer'
  | 'gradebook/disk-full'
  | 'gradebook/disk'
  | 'gradebook/busy'
  | 'gradebook/stale'
  | 'gradebook/unknown'
  | 'gradebook/refused';

export class GradebookError extends Error {
  override name = 'GradebookError';
  readonly code: GradebookProblem;

  constructor(code: GradebookProblem, message: string, next: string) {
    super(`${message}\n  ${next} [${code}]`);
    this.code = code;
  }
}
