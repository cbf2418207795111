import type { AnswerRow, AnswerView, GradeEdit, Presence, QuestionPage, Refusal, RubricChange, Update } from '../messages.ts';

/** What came back: the value, or why not. `status` 409 is someone else's change, 0 a server that does not answer. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly refusal: Refusal };

async function ask<T>(method: string, path: string, body?: unknown): Promise<Reply<T>> {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(path, { method, ...(body !== undefined && { headers, body: JSON.stringify(body) }) });
    if (response.ok) return { ok: true, value: (response.status === 204 ? undefined : await response.json()) as T };
    const text = await response.text();
    return { ok: false, status: response.status, refusal: refusalOf(text) };
  } catch {
    return { ok: false, status: 0, refusal: { reason: 'The server does not answer. Your changes are still here; try again.' } };
  }
}

function refusalOf(text: string): Refusal {
  try {
    return JSON.parse(text) as Refusal;
  } catch {
    return { reason: text };
  }
}

const path = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;

/** This page among all open ones. */
export const pageId: string = crypto.randomUUID();

export const api = {
  page: (question?: string): Promise<Reply<QuestionPage>> =>
    ask('GET', `/api/page${question === undefined ? '' : `?question=${encodeURIComponent(question)}`}`),
  answer: (question: string, key: string): Promise<Reply<AnswerView>> => ask('GET', path('api', 'answers', question, key)),
  alike: (question: string, key: string): Promise<Reply<readonly string[]>> => ask('GET', path('api', 'alike', question, key)),
  save: (where: { question: string; key: string }, edit: GradeEdit): Promise<Reply<AnswerRow>> =>
    ask('PUT', path('api', 'answers', where.question, where.key), edit),
  rubric: (question: string, grader: string, edit: RubricChange): Promise<Reply<{ having: number; changed: number }>> =>
    ask('POST', path('api', 'rubric', question), { grader, edit }),
  here: (presence: Presence): Promise<Reply<undefined>> => ask('POST', '/api/here', presence),
  outputs: (question: string, key: string): string => path('outputs', question, key),
  prose: (question: string, key: string): string => path('prose', question, key),
};

/** Listens to what others change; `opened` runs on every connection, the first included. Returns what ends it. */
export function listen(question: string, on: { opened: () => void; update: (update: Update) => void; lost: () => void }): () => void {
  const source = new EventSource(path('api', 'events', question, pageId));
  source.addEventListener('open', on.opened);
  source.addEventListener('message', event => on.update(JSON.parse(event.data) as Update));
  source.addEventListener('error', on.lost);
  return () => source.close();
}
