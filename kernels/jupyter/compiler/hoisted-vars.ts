import type * as TypeScript from '@tslab/typescript-for-tslab';

interface Bound {
  locals?: ReadonlyMap<string, TypeScript.Symbol>;
}

/**
 * Declares each `var` that stands in a block, a loop or a branch at the top of a cell: it belongs to the whole cell and so to later ones,
 * and the compiler writes declarations of whole statements only.
 */
export function declareHoistedVars(
  ts: typeof TypeScript,
  checker: TypeScript.TypeChecker,
  cell: TypeScript.SourceFile | undefined,
): TypeScript.TransformerFactory<TypeScript.SourceFile | TypeScript.Bundle> {
  const { factory } = ts;
  const declare = (symbol: TypeScript.Symbol): TypeScript.Statement => {
    const type = checker.typeToTypeNode(checker.getTypeOfSymbol(symbol), cell, ts.NodeBuilderFlags.NoTruncation);
    const declaration = factory.createVariableDeclaration(symbol.name, undefined, type);
    return factory.createVariableStatement([factory.createModifier(ts.SyntaxKind.DeclareKeyword)], [declaration]);
  };
  const isDeclared = (symbol: TypeScript.Symbol): boolean =>
    symbol.declarations?.some(node => statementOf(ts, node)?.parent === cell) ?? true;
  return () => file => {
    if (!cell || !ts.isSourceFile(file)) return file;
    const symbols = [...((cell as Bound).locals?.values() ?? [])];
    const hidden = symbols.filter(symbol => symbol.flags & ts.SymbolFlags.FunctionScopedVariable && !isDeclared(symbol));
    return factory.updateSourceFile(file, [...file.statements, ...hidden.map(declare)]);
  };
}

/** The statement that a variable is declared by, from wherever in a pattern it stands. */
function statementOf(ts: typeof TypeScript, node: TypeScript.Node): TypeScript.Node | undefined {
  let at: TypeScript.Node | undefined = node;
  while (at && !ts.isVariableDeclarationList(at)) at = at.parent;
  return at && ts.isVariableStatement(at.parent) ? at.parent : undefined;
}
