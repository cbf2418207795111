import type * as TypeScript from '@tslab/typescript-for-tslab';

/** The body of the function that a cell becomes, and the map back to the module it was made from, if anything moved. */
export interface CellFunction {
  readonly body: string;
  readonly map?: string;
}

/** Name of the parameter through which the body hands out its bindings and the value of its last expression. */
export const cellParameter = '__tinylab__';

/** Writes the separators of lines and paragraphs, which strings may hold, as escapes: the engine would count each as a line. */
export const escapeSeparators = (code: string): string =>
  code.replace(/(?<!\\)[\u2028\u2029]/g, found => (found === '\u2028' ? '\\u2028' : '\\u2029'));

/**
 * Turns a cell's ES module into a function body. `export { a, b }` becomes a table of live accessors, so that a variable
 * has one home, the cell that declared it, and later cells read and write it there; imports become `require`.
 */
export function toCellFunction(ts: typeof TypeScript, module: string, lastExpression: string | undefined): CellFunction {
  const file = ts.createSourceFile('cell.js', module, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const kinds = kindsOfNames(ts, file);
  const accessors: string[] = [];
  let body = module;
  const replace = (node: TypeScript.Node, length: number, text: string) => {
    const start = node.getStart(file);
    body = body.slice(0, start) + text.padStart(length) + body.slice(start + length);
  };
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier) {
      if (statement.exportClause && ts.isNamedExports(statement.exportClause)) {
        for (const { name } of statement.exportClause.elements) accessors.push(accessor(name.text, kinds.get(name.text)));
      }
      replace(statement, statement.end - statement.getStart(file), '');
    } else if (lastExpression && isDeclarationOf(ts, statement, lastExpression)) {
      // Padded to the same length, so that columns stay true.
      replace(statement, `export const ${lastExpression}`.length, `${cellParameter}.value`);
    }
  }
  const table = accessors.length ? `\nfunction ${cellParameter}bindings() { return { __proto__: null, ${accessors.join(', ')} }; }` : '';
  if (file.statements.some(ts.isImportDeclaration)) return toCommonJS(ts, body + table);
  // Without a mark of a module, `await (x)` would be read as a call.
  return /\bimport\s*\(/.test(module) ? toCommonJS(ts, `${body}${table}\nexport {};`) : { body: body + table };
}

/** Turns a helper module, a `.ts` file beside the notebook, into CommonJS. */
export function toCommonJS(ts: typeof TypeScript, module: string): CellFunction {
  const { outputText, sourceMapText } = ts.transpileModule(module, {
    fileName: 'cell.js',
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
      newLine: ts.NewLineKind.LineFeed,
      sourceMap: true,
    },
  });
  return { body: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'), map: sourceMapText };
}

/** Whether no later cell may assign a name (constants, functions, classes, imports), or it is hoisted, or neither: a `let`. */
type Kind = 'fixed' | 'let';

/** How to read and write a name, and whether it is hoisted: see `Binding`. */
function accessor(name: string, kind: Kind | undefined): string {
  if (kind === 'fixed') return `${name}: [() => ${name}]`;
  return `${name}: [() => ${name}, $ => { ${name} = $; }${kind === undefined ? ', true' : ''}]`;
}

/** The kinds of the names that statements of the cell declare. Any other name is that of a `var`, wherever in the cell it stands. */
function kindsOfNames(ts: typeof TypeScript, file: TypeScript.SourceFile): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  const add = (name: TypeScript.BindingName, kind: Kind): void => {
    if (ts.isIdentifier(name)) kinds.set(name.text, kind);
    else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name, kind);
  };
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) statement.name && add(statement.name, 'fixed');
    else if (ts.isVariableStatement(statement)) {
      const { flags, declarations } = statement.declarationList;
      if (flags & ts.NodeFlags.BlockScoped) for (const { name } of declarations) add(name, flags & ts.NodeFlags.Const ? 'fixed' : 'let');
    } else if (ts.isImportDeclaration(statement) && statement.importClause) {
      const { name, namedBindings } = statement.importClause;
      if (name) add(name, 'fixed');
      if (namedBindings && ts.isNamespaceImport(namedBindings)) add(namedBindings.name, 'fixed');
      else for (const element of namedBindings?.elements ?? []) add(element.name, 'fixed');
    }
  }
  return kinds;
}

function isDeclarationOf(ts: typeof TypeScript, statement: TypeScript.Statement, name: string): boolean {
  const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0]?.name : undefined;
  return declared !== undefined && ts.isIdentifier(declared) && declared.text === name;
}
