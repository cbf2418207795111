import type * as TypeScript from '@tslab/typescript-for-tslab';
import { type Edit, eachInstead, functionAround, type Node, type Operator, type Place } from './operator.ts';

/** Another field, layer or parameter than the one that is meant. */
export const wrongName: Operator = {
  name: 'wrong name of a layer or parameter',
  edits(node, place) {
    const { ts } = place;
    if (ts.isPropertyAccessExpression(node) && place.properties.has(node.name.text))
      return eachInstead(
        node.name,
        [...place.properties].filter(name => name !== node.name.text),
        place,
      );
    if (!ts.isStringLiteral(node) || node.text.length < 2) return [];
    return eachInstead(node, [...place.strings].filter(text => text !== node.text && text.length > 1).map(quoted), place);
  },
};

/** Another of the options of a choice. */
export const otherOption: Operator = {
  name: 'another option',
  edits: (node, place) =>
    place.ts.isStringLiteral(node) && /^[a-h]$/.test(node.text)
      ? eachInstead(node, ['a', 'b', 'c', 'd'].filter(letter => letter !== node.text).map(quoted), place)
      : [],
};

const quoted = (text: string): string => `'${text}'`;

/** Another variable of the same function: one of an earlier step, or of the loop around. */
export const staleVariable: Operator = {
  name: 'stale variable',
  edits(node, place): Edit[] {
    const { ts } = place;
    if (!ts.isIdentifier(node) || !isRead(node, place)) return [];
    const names = namesAround(node, place);
    if (!names.has(node.text)) return [];
    return eachInstead(
      node,
      [...names].filter(name => name !== node.text),
      place,
    );
  },
};

/** Whether an identifier is a variable that is read here: no name of a declaration, a field, a type or what is assigned. */
function isRead(node: TypeScript.Identifier, { ts }: Place): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isCallExpression(parent) && parent.expression === node) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    /=$/.test(parent.operatorToken.getText()) &&
    !/[=!<>]==?$/.test(parent.operatorToken.getText())
  )
    return false;
  return ts.isExpression(node) && !ts.isParameter(parent) && !ts.isVariableDeclaration(parent) && !ts.isBindingElement(parent)
    ? !ts.isShorthandPropertyAssignment(parent)
    : (ts.isVariableDeclaration(parent) && parent.initializer === node) || false;
}

/** Parameters and variables of the functions around a node, as far as they stand before it. */
function namesAround(node: Node, place: Place): ReadonlySet<string> {
  const { ts, file } = place;
  const names = new Set<string>();
  const outermost = (from: Node): Node => {
    const around = functionAround(from, place);
    return around ? outermost(around) : from;
  };
  const visit = (child: Node): void => {
    const declares = ts.isParameter(child) || ts.isVariableDeclaration(child) || ts.isBindingElement(child);
    if (declares && ts.isIdentifier(child.name) && child.getStart(file) < node.getStart(file)) names.add(child.name.text);
    ts.forEachChild(child, visit);
  };
  visit(outermost(node));
  return names;
}

/** What the answer reads behind dots, without what every object has. */
export function propertiesIn(root: Node, ts: Place['ts']): Set<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    const called = ts.isPropertyAccessExpression(node) && ts.isCallExpression(node.parent) && node.parent.expression === node;
    if (ts.isPropertyAccessExpression(node) && !called) names.add(node.name.text);
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) names.add(node.name.text);
    if (ts.isPropertySignature(node) && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return names;
}

/** The texts in quotes of an answer. */
export function stringsIn(root: Node, ts: Place['ts']): Set<string> {
  const texts = new Set<string>();
  const visit = (node: Node): void => {
    if (ts.isStringLiteral(node)) texts.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return texts;
}
