import type * as TypeScript from '@tslab/typescript-for-tslab';

/** The declarations around a cell that ended early. */
export interface EndedEarly {
  /** Those that held before the cell. */
  readonly before: string;
  /** Those that would hold if it had come to its end. */
  readonly after: string;
  /** Names of the cell that have no value yet. */
  readonly missing: readonly string[];
}

/** The declarations that hold after a cell that ended early: its types, its names that have a value, and for the others what they were before. */
export function keptDeclarations(ts: typeof TypeScript, { before, after, missing }: EndedEarly): string {
  const absent = new Set(missing);
  if (absent.size === 0) return after;
  const own = select(ts, after, { types: true, value: name => !absent.has(name) });
  return own + select(ts, before, { types: false, value: name => absent.has(name) });
}

interface Wanted {
  /** Whether to take what has no value: interfaces, type aliases, what is declared for all. */
  readonly types: boolean;
  /** Whether to take the name of a value. */
  value(name: string): boolean;
}

/** The statements of a declaration file that are wanted; of those with several names the wanted ones. */
function select(ts: typeof TypeScript, text: string, wanted: Wanted): string {
  const file = ts.createSourceFile('__prev__.d.ts', text, ts.ScriptTarget.ES2022, true);
  const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed });
  const references = text.match(/^\/\/\/.*$/gm) ?? [];
  const lines = file.statements.flatMap(statement => {
    const kept = part(ts, statement, wanted);
    return kept ? [printer.printNode(ts.EmitHint.Unspecified, kept, file)] : [];
  });
  return [...references, ...lines].map(line => `${line}\n`).join('');
}

function part(ts: typeof TypeScript, statement: TypeScript.Statement, wanted: Wanted): TypeScript.Statement | undefined {
  if (ts.isVariableStatement(statement)) return variables(ts, statement, wanted);
  if (ts.isImportDeclaration(statement)) return imports(ts, statement, wanted);
  const valued =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name) && !(statement.flags & ts.NodeFlags.GlobalAugmentation));
  const keep = valued && statement.name ? wanted.value(statement.name.text) : wanted.types;
  return keep ? statement : undefined;
}

function variables(ts: typeof TypeScript, statement: TypeScript.VariableStatement, wanted: Wanted): TypeScript.Statement | undefined {
  const { factory } = ts;
  const all = statement.declarationList.declarations;
  const kept = all.filter(({ name }) => ts.isIdentifier(name) && wanted.value(name.text));
  if (kept.length === all.length) return statement;
  const list = factory.updateVariableDeclarationList(statement.declarationList, kept);
  return kept.length ? factory.updateVariableStatement(statement, statement.modifiers, list) : undefined;
}

function imports(ts: typeof TypeScript, statement: TypeScript.ImportDeclaration, wanted: Wanted): TypeScript.Statement | undefined {
  const { factory } = ts;
  const { importClause: clause } = statement;
  if (!clause) return wanted.types ? statement : undefined;
  const name = clause.name && wanted.value(clause.name.text) ? clause.name : undefined;
  const bindings = clause.namedBindings && named(ts, clause.namedBindings, wanted);
  if (name === clause.name && bindings === clause.namedBindings) return statement;
  if (!name && !bindings) return undefined;
  const kept = factory.updateImportClause(clause, clause.isTypeOnly, name, bindings);
  return factory.updateImportDeclaration(statement, statement.modifiers, kept, statement.moduleSpecifier, statement.assertClause);
}

function named(
  ts: typeof TypeScript,
  bindings: TypeScript.NamedImportBindings,
  wanted: Wanted,
): TypeScript.NamedImportBindings | undefined {
  if (ts.isNamespaceImport(bindings)) return wanted.value(bindings.name.text) ? bindings : undefined;
  const kept = bindings.elements.filter(({ name }) => wanted.value(name.text));
  if (kept.length === bindings.elements.length) return bindings;
  return kept.length ? ts.factory.updateNamedImports(bindings, kept) : undefined;
}
