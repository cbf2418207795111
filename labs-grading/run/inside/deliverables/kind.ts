import type { readDeliverable, Wire } from 'tinylab/grading';
import type { Incoming } from '../port.ts';

/** The library's caps, by kind. */
export type Caps = NonNullable<Parameters<typeof readDeliverable>[2]>;

/** What the grader makes of one kind of deliverable. Adding a kind is adding a file and its line in `kinds.ts`. */
export interface HandedInKind<Name extends keyof Caps> {
  /** What it may hold; all of it is compared before anything is built, and again before anything runs. */
  readonly caps: Required<Caps>[Name];
  /** What else may be asked of it, besides its value. */
  readonly asks?: Readonly<Record<string, (request: Incoming) => Wire>>;
}
