/** Something about a submission that a person should know. It never changes a score by itself. */
export interface Anomaly {
  readonly kind: 'unreadable' | 'another lab' | 'missing' | 'duplicated' | 'changed' | 'too long' | 'refused' | 'flaky';
  /** Cell or file that it is about; empty for the whole notebook. */
  readonly about: string;
  readonly detail: string;
}
