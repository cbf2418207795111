import type * as TypeScript from '@tslab/typescript-for-tslab';

/**
 * Rewrites `{ x }` to `{ x: exports.x }` where `x` was declared in an earlier cell, in object literals and in
 * destructuring assignments alike. tslab rewrites every other use of such a name and misses this one.
 */
export function expandEarlierNames(
  ts: typeof TypeScript,
  checker: TypeScript.TypeChecker,
  isEarlier: (file: TypeScript.SourceFile) => boolean,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  const { factory } = ts;
  const declaredEarlier = (node: TypeScript.Node) =>
    checker.getShorthandAssignmentValueSymbol(node)?.declarations?.some(declaration => isEarlier(declaration.getSourceFile())) ?? false;
  const fromEarlier = (name: string) => factory.createPropertyAccessExpression(factory.createIdentifier('exports'), name);

  return context => {
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (!ts.isShorthandPropertyAssignment(node) || !declaredEarlier(node)) return ts.visitEachChild(node, visit, context);
      const value = fromEarlier(node.name.text);
      const initial = node.objectAssignmentInitializer;
      const target = initial ? factory.createAssignment(value, ts.visitNode(initial, visit) as TypeScript.Expression) : value;
      return ts.setTextRange(factory.createPropertyAssignment(node.name.text, target), node);
    };
    return file => ts.visitEachChild(file, visit, context);
  };
}
