import { inspect } from 'node:util';
import type { CellExecutor } from '../execute.ts';
import type { Message } from '../wire/message.ts';

/** Values of the names that the client asked for along with the cell. Only names are looked up; no expression is evaluated. */
export function expressions(request: Message, executor: Pick<CellExecutor, 'lookup'>): Record<string, object> {
  const asked = (request.content.user_expressions ?? {}) as Record<string, string>;
  const answer = (name: string) => {
    const { found, value } = executor.lookup(name);
    if (found) return { status: 'ok', data: { 'text/plain': inspect(value) }, metadata: {} };
    return { status: 'error', ename: 'NameError', evalue: `No cell has declared '${name}'.`, traceback: [] };
  };
  return Object.fromEntries(Object.entries(asked).map(([key, name]) => [key, answer(name)]));
}
