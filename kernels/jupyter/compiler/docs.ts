import type * as TypeScript from '@tslab/typescript-for-tslab';

/** A node of the compiler with what its public types leave out. */
type Documented = TypeScript.Node & { jsDoc?: TypeScript.JSDoc[] };

/** Called with a name whose documentation will be read. */
export type Docs = (checker: TypeScript.TypeChecker, symbol: TypeScript.Symbol | undefined) => void;

/** Strings come first in the pattern, so that what looks like a comment inside one is left alone. */
const stringsAndComments = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * Makes plain comments of the documentation in a declaration file, of which nothing moves: the compiler parses all documentation that it
 * sees, a fifth of its work on libraries, and reads it only when a name is inspected. What is deprecated stays marked.
 */
export function withoutDocs(text: string): string {
  return text.replace(stringsAndComments, part =>
    part.startsWith('/**') && part.length > 4 && !part.includes('@deprecated') ? `/* ${part.slice(3)}` : part,
  );
}

const key = ({ kind, pos, end }: TypeScript.Node) => `${kind} ${pos} ${end}`;

/**
 * Gives the declarations of a name back their documentation, and those that they inherit it from. `textOf` gives a file as it is on disk
 * where its documentation was taken out, and undefined for other files.
 */
export function createDocs(ts: typeof TypeScript, textOf: (fileName: string) => string | undefined): Docs {
  const done = new WeakSet<TypeScript.SourceFile>();

  const restore = (file: TypeScript.SourceFile): void => {
    const text = done.has(file) ? undefined : textOf(file.fileName);
    done.add(file);
    if (text === undefined) return;
    const docs = new Map<string, Documented['jsDoc']>();
    const walk = (node: Documented, visit: (node: Documented) => void): void => {
      visit(node);
      ts.forEachChild(node, child => walk(child, visit));
    };
    walk(ts.createSourceFile(file.fileName, text, file.languageVersion, true), node => node.jsDoc && docs.set(key(node), node.jsDoc));
    walk(file, node => {
      const found = docs.get(key(node));
      if (!found) return;
      node.jsDoc = found;
      // Links in it are resolved from here.
      for (const doc of found) (doc as { parent: TypeScript.Node }).parent = node;
    });
  };

  const visit = (checker: TypeScript.TypeChecker, symbol: TypeScript.Symbol | undefined, seen: Set<TypeScript.Symbol>): void => {
    if (!symbol || seen.has(symbol)) return;
    seen.add(symbol);
    for (const root of checker.getRootSymbols(symbol)) visit(checker, root, seen);
    if (symbol.flags & ts.SymbolFlags.Alias) visit(checker, checker.getAliasedSymbol(symbol), seen);
    for (const declaration of symbol.declarations ?? []) {
      restore(declaration.getSourceFile());
      const owner = [declaration, declaration.parent].find(node => ts.isClassLike(node) || ts.isInterfaceDeclaration(node));
      const bases = (owner as TypeScript.InterfaceDeclaration | undefined)?.heritageClauses?.flatMap(({ types }) => [...types]) ?? [];
      for (const base of bases) visit(checker, checker.getTypeAtLocation(base).symbol, seen);
    }
  };

  return (checker, symbol) => visit(checker, symbol, new Set());
}
