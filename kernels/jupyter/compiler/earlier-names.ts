import type * as TypeScript from '@tslab/typescript-for-tslab';

/**
 * Mends two things before tslab rewrites each name of an earlier cell to `exports.name`. It misses `{ x }`, which becomes `{ x: exports.x }`, in
 * object literals and in destructuring assignments alike. And it takes the property in `const { x: own } = o` for such a name where a type of an
 * earlier cell declares it; as the string that it stands for, `{ 'x': own }`, it is left alone.
 */
export function expandEarlierNames(
  ts: typeof TypeScript,
  checker: TypeScript.TypeChecker,
  isEarlier: (file: TypeScript.SourceFile) => boolean,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  const { factory } = ts;
  const isOfEarlier = (symbol: TypeScript.Symbol | undefined): boolean =>
    symbol?.declarations?.some(declaration => isEarlier(declaration.getSourceFile())) ?? false;
  /** The property that a pattern takes something out of, where tslab would mistake it. */
  const mistaken = (name: TypeScript.PropertyName | undefined): name is TypeScript.Identifier =>
    name !== undefined && ts.isIdentifier(name) && isOfEarlier(checker.getSymbolAtLocation(name));
  const asString = (name: TypeScript.Identifier): TypeScript.StringLiteral =>
    ts.setTextRange(factory.createStringLiteral(name.text, true), name);
  const fromEarlier = (name: string) => factory.createPropertyAccessExpression(factory.createIdentifier('exports'), name);

  return context => {
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (ts.isBindingElement(node) && mistaken(node.propertyName)) {
        const { dotDotDotToken, propertyName, name, initializer } = node;
        const own = factory.updateBindingElement(node, dotDotDotToken, asString(propertyName), name, initializer);
        return ts.visitEachChild(own, visit, context);
      }
      if (ts.isPropertyAssignment(node) && mistaken(node.name))
        return ts.visitEachChild(factory.updatePropertyAssignment(node, asString(node.name), node.initializer), visit, context);
      if (!ts.isShorthandPropertyAssignment(node) || !isOfEarlier(checker.getShorthandAssignmentValueSymbol(node)))
        return ts.visitEachChild(node, visit, context);
      const value = fromEarlier(node.name.text);
      const initial = node.objectAssignmentInitializer;
      const target = initial ? factory.createAssignment(value, ts.visitNode(initial, visit) as TypeScript.Expression) : value;
      return ts.setTextRange(factory.createPropertyAssignment(node.name.text, target), node);
    };
    return file => ts.visitEachChild(file, visit, context);
  };
}
