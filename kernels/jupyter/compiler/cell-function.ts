import type * as TypeScript from '@tslab/typescript-for-tslab';

/** The body of the function that a cell becomes, and the map back to the module it was made from, if anything moved. */
export interface CellFunction {
  readonly body: string;
  readonly map?: string;
}

/** Name of the parameter through which the body hands out its bindings and the value of its last expression. */
export const cellParameter = '__tinylab__';

/**
 * Turns a cell's ES module into a function body. `export { a, b }` becomes a table of live accessors, so that a variable
 * has one home, the cell that declared it, and later cells read and write it there; imports become `require`.
 */
export function toCellFunction(ts: typeof TypeScript, module: string, lastExpression: string | undefined): CellFunction {
  const file = ts.createSourceFile('cell.js', module, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const fixed = fixedNames(ts, file);
  const accessors: string[] = [];
  let body = module;
  const replace = (node: TypeScript.Node, length: number, text: string) => {
    const start = node.getStart(file);
    body = body.slice(0, start) + text.padStart(length) + body.slice(start + length);
  };
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier) {
      if (statement.exportClause && ts.isNamedExports(statement.exportClause)) {
        for (const { name } of statement.exportClause.elements) accessors.push(accessor(name.text, fixed.has(name.text)));
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

const accessor = (name: string, fixed: boolean) => (fixed ? `${name}: [() => ${name}]` : `${name}: [() => ${name}, $ => { ${name} = $; }]`);

/** Names that no later cell may assign: constants, functions, classes and imports. */
function fixedNames(ts: typeof TypeScript, file: TypeScript.SourceFile): Set<string> {
  const names = new Set<string>();
  const add = (name: TypeScript.BindingName): void => {
    if (ts.isIdentifier(name)) names.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name);
  };
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) statement.name && names.add(statement.name.text);
    else if (ts.isVariableStatement(statement) && statement.declarationList.flags & ts.NodeFlags.Const) {
      for (const declaration of statement.declarationList.declarations) add(declaration.name);
    } else if (ts.isImportDeclaration(statement) && statement.importClause) {
      const { name, namedBindings } = statement.importClause;
      if (name) names.add(name.text);
      if (namedBindings && ts.isNamespaceImport(namedBindings)) names.add(namedBindings.name.text);
      else for (const element of namedBindings?.elements ?? []) names.add(element.name.text);
    }
  }
  return names;
}

function isDeclarationOf(ts: typeof TypeScript, statement: TypeScript.Statement, name: string): boolean {
  const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0]?.name : undefined;
  return declared !== undefined && ts.isIdentifier(declared) && declared.text === name;
}
