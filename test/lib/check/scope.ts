import type { Question } from 'tinylab';
import { localSession, runQuestion, type Session } from 'tinylab/grading';

/** A session with a plain record of names: what the notebook's cells would define. */
export function sessionWith(names: Readonly<Record<string, unknown>>, deliverables?: string): Session {
  const lookup = (name: string) => (Object.hasOwn(names, name) ? { found: true, value: names[name] } : { found: false });
  return localSession({ lookup }, { deliverables });
}

/** Asks a question of a record of names. */
export function ask(question: Question, names: Readonly<Record<string, unknown>>, options: { seed?: number; hidden?: boolean } = {}) {
  return runQuestion(question, sessionWith(names), { seed: options.seed ?? 1, hidden: options.hidden });
}
