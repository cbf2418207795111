import type * as TypeScript from '@tslab/typescript-for-tslab';
import { loadTypeScript } from '../../../kernels/jupyter/compiler/tslab.ts';

/** Adds names to what a module imports from the library; those that are there stay. undefined where it imports nothing from it. */
export function withImports(text: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return text;
  const ts = loadTypeScript();
  const file = ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest, true);
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || (statement.moduleSpecifier as TypeScript.StringLiteral).text !== 'tinylab') continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings) || statement.importClause?.isTypeOnly) continue;
    const there = new Set(bindings.elements.map(({ name }) => name.text));
    const all = [
      ...bindings.elements.map(element => element.getText(file)),
      ...names.filter(name => !there.has(name.replace(/^type /, ''))),
    ];
    const key = (name: string): string => name.replace(/^type /, '').toLowerCase();
    all.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    const line = `{ ${all.join(', ')} }`;
    const shown = line.length > 110 ? `{\n${all.map(name => `  ${name},\n`).join('')}}` : line;
    return text.slice(0, bindings.getStart(file)) + shown + text.slice(bindings.end);
  }
  return undefined;
}

/**
 * Adds an element to the list that a module exports as its default: the list itself (perhaps behind a name or `satisfies`), or the list that a
 * call of `lab` has as its second argument. undefined where there is none.
 */
export function withElement(text: string, element: string): string | undefined {
  const ts = loadTypeScript();
  const file = ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest, true);
  const exported = file.statements.find(ts.isExportAssignment)?.expression;
  const list = exported && listOf(ts, file, exported);
  if (!list) return undefined;
  const last = list.elements.at(-1);
  const before = text.slice(0, last ? last.end : list.elements.pos);
  const indented = element
    .split('\n')
    .map(line => (line === '' ? '' : `  ${line}`))
    .join('\n');
  return `${before}${last ? ',' : ''}\n${indented}\n]${text.slice(list.end)}`;
}

function listOf(
  ts: typeof TypeScript,
  file: TypeScript.SourceFile,
  node: TypeScript.Expression,
): TypeScript.ArrayLiteralExpression | undefined {
  if (ts.isArrayLiteralExpression(node)) return node;
  if (ts.isSatisfiesExpression(node) || ts.isAsExpression(node)) return listOf(ts, file, node.expression);
  if (ts.isCallExpression(node)) return node.arguments[1] && listOf(ts, file, node.arguments[1]);
  if (!ts.isIdentifier(node)) return undefined;
  const declarations = file.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => [...declarationList.declarations]);
  const found = declarations.find(({ name }) => ts.isIdentifier(name) && name.text === node.text);
  return found?.initializer && listOf(ts, file, found.initializer);
}
