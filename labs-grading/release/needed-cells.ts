import { loadTypeScript } from '../../kernels/jupyter/compiler/tslab.ts';
import { type Cell, markOf, roleOf } from './cells.ts';

/**
 * The answer cell of a question and the code cells before it whose names it mentions, these cells' own needs included, in the notebook's
 * order: what must have run before the question can be asked. Cells that only show something are left out. Other answers to it, `others`, may
 * mention more.
 */
export function neededCells(question: string, cells: readonly Cell[], others: readonly string[] = []): readonly Cell[] {
  const code = cells.filter(cell => cell.type === 'code' && roleOf(cell) !== 'check' && cell.source.trim() !== '');
  const at = code.findIndex(cell => markOf(cell)?.grade_id === question);
  if (at < 0) return [];
  const needed = new Set([at]);
  const declared = code.map(({ source }) => declaredIn(source));
  for (const index of needed) {
    const text = [code[index]?.source, ...(index === at ? others : [])].join('\n');
    const mentioned = new Set(text.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));
    for (let before = 0; before < index; before++) if (declared[before]?.some(name => mentioned.has(name))) needed.add(before);
  }
  return [...needed].sort((a, b) => a - b).map(index => code[index] as Cell);
}

/** Names that a cell declares at its top level, those that it imports included. */
function declaredIn(source: string): string[] {
  const ts = loadTypeScript();
  const file = ts.createSourceFile('cell.ts', `export {};\n${source}`, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const names: string[] = [];
  const take = (name: import('@tslab/typescript-for-tslab').BindingName): void => {
    if (ts.isIdentifier(name)) names.push(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) take(element.name);
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) for (const { name } of statement.declarationList.declarations) take(name);
    else if (ts.isImportDeclaration(statement)) {
      const { name, namedBindings } = statement.importClause ?? {};
      if (name) names.push(name.text);
      if (namedBindings && ts.isNamespaceImport(namedBindings)) names.push(namedBindings.name.text);
      else for (const element of namedBindings?.elements ?? []) names.push(element.name.text);
    } else if ('name' in statement && statement.name && ts.isIdentifier(statement.name as never))
      names.push((statement.name as { text: string }).text);
  }
  return names;
}
