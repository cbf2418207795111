import { loadTypeScript } from '../compiler/tslab.ts';
import type { CellExecutor } from '../execute.ts';
import { toBundle } from '../format.ts';
import type { RunningCell } from './cell.ts';
import { describeError } from './errors.ts';

/** Why the text of a request cannot be evaluated. */
class NoExpression extends SyntaxError {
  override readonly name = 'SyntaxError';
}

/**
 * The values of the expressions that a client asked for along with a cell, after the cell and with its names. Each is checked and
 * evaluated like a cell of its own, a promise is waited for, and what goes wrong with one is the answer to that one.
 */
export async function expressions(cell: RunningCell, executor: Pick<CellExecutor, 'run'>): Promise<Record<string, object>> {
  const asked = (cell.request.content.user_expressions ?? {}) as Record<string, string>;
  const answers: [string, object][] = [];
  for (const [key, text] of Object.entries(asked)) answers.push([key, await evaluate(String(text), { key, cell, executor })]);
  return Object.fromEntries(answers);
}

interface Asked {
  readonly key: string;
  readonly cell: RunningCell;
  readonly executor: Pick<CellExecutor, 'run'>;
}

async function evaluate(text: string, { key, cell, executor }: Asked): Promise<object> {
  try {
    const outcome = await executor.run(sourceOf(text), { name: `user_expressions[${key}]`, interrupted: cell.interrupted });
    if (!outcome.ok) throw outcome.error;
    return { status: 'ok', data: await toBundle(outcome.value), metadata: {} };
  } catch (error) {
    return { status: 'error', ...describeError(error) };
  }
}

/** The expression as a cell. An object literal or a function needs parentheses, without which it would be a block or a declaration. */
function sourceOf(text: string): string {
  const source = [text, `(${text}\n)`].find(isExpression);
  if (source === undefined) throw new NoExpression(`'${text}' is not one expression: a client can ask for values only.`);
  return source;
}

function isExpression(source: string): boolean {
  const ts = loadTypeScript();
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const [statement, ...rest] = file.statements;
  const { parseDiagnostics } = file as typeof file & { parseDiagnostics: readonly unknown[] };
  return rest.length === 0 && statement !== undefined && ts.isExpressionStatement(statement) && parseDiagnostics.length === 0;
}
