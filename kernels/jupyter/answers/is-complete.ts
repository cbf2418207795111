import { loadTypeScript } from '../compiler/tslab.ts';

export type Completeness = { readonly status: 'complete' | 'invalid' } | { readonly status: 'incomplete'; readonly indent: string };

/** Unterminated template literal and unterminated comment. */
const openAtEnd = new Set([1160, 1010]);

/** Whether Enter should run the code, or the person is still writing it. */
export function isComplete(code: string): Completeness {
  const ts = loadTypeScript();
  const file = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const [first] = (file as unknown as { parseDiagnostics: import('@tslab/typescript-for-tslab').Diagnostic[] }).parseDiagnostics;
  if (!first) return { status: 'complete' };
  const atEnd = (first.start ?? 0) >= code.trimEnd().length || openAtEnd.has(first.code);
  return atEnd ? { status: 'incomplete', indent: indentAfter(code) } : { status: 'invalid' };
}

/** The last line's indentation, one step more after an opening bracket. */
function indentAfter(code: string): string {
  const last = code.trimEnd().split('\n').at(-1) ?? '';
  const indent = /^\s*/.exec(last)?.[0] ?? '';
  return /[{([]$/.test(last) ? `${indent}  ` : indent;
}
