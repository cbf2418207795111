import type { ReadAnomaly } from '../../scripts/notebook/reader.mjs';

/** Something about a submission that a person should know. It never changes a score by itself. */
export interface Anomaly {
  readonly kind: ReadAnomaly['kind'] | 'refused' | 'stopped' | 'flaky';
  /** Cell or file that it is about; empty for the whole notebook. */
  readonly about: string;
  readonly detail: string;
}

/** Why nothing of a hand-in can be asked: it cannot be read, or is of another lab. A person looks at it. */
export type HandInState = 'unreadable' | 'another lab';

/** What was found of a hand-in that is in this state, in words. */
export const reasonOf = (state: HandInState, anomalies: readonly Anomaly[]): string | undefined =>
  anomalies.find(({ kind, about }) => kind === state && about === '')?.detail;
