import type * as TypeScript from '@tslab/typescript-for-tslab';

type Statement = TypeScript.Statement;

/** Functions of the compiler that its public types leave out. */
interface Internals {
  bindSourceFile(file: TypeScript.SourceFile, options: TypeScript.CompilerOptions): void;
}

interface Bound {
  locals?: ReadonlyMap<string, unknown>;
}

/** The declarations before a cell, as far as the cell can tell them apart. */
export interface NeededDeclarations {
  /** Those that the cell mentions, that these mention in turn, and those that hold everywhere. */
  readonly needed: string;
  /** All of them, as they stand after a cell that declares none of them anew. */
  readonly after: string;
}

const identifiers = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;
/** What stands before every cell and its declarations, so that both are modules. */
const prefix = 'export {};\n';

/** Everything in a text that may be a name, words of strings and comments included. */
function namesIn(text: string): readonly string[] {
  const unescaped = text.replace(/\\u(?:\{0*([\da-f]{1,5})\}|([\da-f]{4}))/gi, (_, long, short) =>
    String.fromCodePoint(Number.parseInt(long ?? short, 16)),
  );
  return unescaped.match(identifiers) ?? [];
}

/** The names that a statement declares; undefined for a kind that tslab does not carry over. */
function namesOf(ts: typeof TypeScript, statement: Statement): string[] | undefined {
  if (ts.isVariableStatement(statement)) {
    const names = statement.declarationList.declarations.map(({ name }) => (ts.isIdentifier(name) ? name.text : undefined));
    return names.every(name => name !== undefined) ? names : undefined;
  }
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return named && statement.name ? [statement.name.text] : undefined;
}

/** Names that a cell declares at its top level, types included. */
export function declaredNames(ts: typeof TypeScript, source: string): string[] {
  const file = ts.createSourceFile('__tslab__.ts', prefix + source, ts.ScriptTarget.ES2022);
  (ts as typeof ts & Internals).bindSourceFile(file, { target: ts.ScriptTarget.ES2022, strict: true });
  return [...((file as Bound).locals?.keys() ?? [])];
}

/**
 * Leaves out the declarations that cannot matter to a cell, because it mentions their names nowhere. Imports always stay (types are written
 * by their names), and so do names that hide a global one. Undefined where that is not certain, or where the cell declares one of them anew.
 */
export function neededDeclarations(
  ts: typeof TypeScript,
  cell: { readonly declarations: string; readonly source: string; readonly globals: ReadonlySet<string> },
): NeededDeclarations | undefined {
  const { declarations, source, globals } = cell;
  // A reference to a library holds for the whole file.
  if (declarations.includes('///')) return undefined;
  const file = ts.createSourceFile('__prev__.d.ts', prefix + declarations, ts.ScriptTarget.ES2022, true);
  const statements = file.statements.slice(1);
  const named: { statement: Statement; names: readonly string[]; kept: boolean }[] = [];
  for (const statement of statements) {
    const imports = ts.isImportDeclaration(statement);
    const names = imports ? [] : namesOf(ts, statement);
    if (!names) return undefined;
    named.push({ statement, names, kept: imports || names.some(name => globals.has(name)) });
  }
  const own = declaredNames(ts, source);
  const imported = importedNames(ts, statements);
  const declared = new Set([...imported, ...named.flatMap(({ names }) => names)]);
  if (own.some(name => declared.has(name))) return undefined;
  const mentioned = new Set(namesIn(source));
  const mention = (statement: Statement): void => {
    for (const name of namesIn(statement.getFullText(file))) mentioned.add(name);
  };
  for (const { statement, kept } of named) if (kept) mention(statement);
  for (let changed = true; changed; ) {
    changed = false;
    for (const one of named) {
      if (one.kept || !one.names.some(name => mentioned.has(name))) continue;
      one.kept = changed = true;
      mention(one.statement);
    }
  }
  const needed = named.map(({ statement, kept }) => (kept ? statement.getFullText(file) : '')).join('');
  const rest = ts.factory.updateSourceFile(file, statements, true);
  return { needed: `${needed.trim()}\n`, after: ts.createPrinter({ newLine: ts.NewLineKind.LineFeed }).printFile(rest) };
}

function importedNames(ts: typeof TypeScript, statements: readonly Statement[]): string[] {
  return statements.filter(ts.isImportDeclaration).flatMap(({ importClause }) => {
    const bindings = importClause?.namedBindings;
    const names = !bindings ? [] : ts.isNamespaceImport(bindings) ? [bindings.name] : bindings.elements.map(({ name }) => name);
    return [...(importClause?.name ? [importClause.name] : []), ...names].map(({ text }) => text);
  });
}
