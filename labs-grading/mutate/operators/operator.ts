import type * as TypeScript from '@tslab/typescript-for-tslab';

export type Compiler = typeof TypeScript;
export type Node = TypeScript.Node;
export type Expression = TypeScript.Expression;

/** Text that takes the place of what stands between two offsets of a source. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What an operator may look at besides the node: the compiler, the file, and what else the answer names. */
export interface Place {
  readonly ts: Compiler;
  readonly file: TypeScript.SourceFile;
  /** Names that the answer reads behind a dot, such as `gamma` and `beta`. */
  readonly properties: ReadonlySet<string>;
  /** Texts that stand in quotes in the answer. */
  readonly strings: ReadonlySet<string>;
}

/** A rule that makes a right answer wrong in one way that people make mistakes in. */
export interface Operator {
  /** The mistake, in the words of those who mark answers. */
  readonly name: string;
  /** Every way to make that mistake at one node, and nowhere below it. */
  edits(node: Node, place: Place): Edit[];
}

/** The text of a node without what stands before it. */
export const textOf = (node: Node, { file }: Place): string => node.getText(file);

/** Puts a text in the place of a node. */
export const instead = (node: Node, text: string, { file }: Place): Edit => ({ from: node.getStart(file), to: node.end, text });

/** Puts each of the texts in the place of a node. */
export const eachInstead = (node: Node, texts: readonly string[], place: Place): Edit[] => texts.map(text => instead(node, text, place));

/** A node's text in parentheses, unless it is one word. */
export const wrapped = (node: Node, place: Place): string =>
  /^[\w$.]+!?$/.test(textOf(node, place)) ? textOf(node, place) : `(${textOf(node, place)})`;

/** The object and the method of `object.method(…)`. */
export function methodCall(
  node: Node,
  place: Place,
): { readonly object: Expression; readonly method: string; readonly call: TypeScript.CallExpression } | undefined {
  const { ts } = place;
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  return { object: node.expression.expression, method: node.expression.name.text, call: node };
}

/** The method of `Math.method(…)`. */
export function mathCall(node: Node, place: Place): { readonly method: string; readonly call: TypeScript.CallExpression } | undefined {
  const found = methodCall(node, place);
  return found && textOf(found.object, place) === 'Math' ? found : undefined;
}

/** The function that a node stands in. */
export function functionAround(node: Node, { ts }: Place): TypeScript.FunctionLikeDeclaration | undefined {
  const found = ts.findAncestor(node.parent, parent => ts.isFunctionLike(parent));
  return found as TypeScript.FunctionLikeDeclaration | undefined;
}
