import type * as TypeScript from '@tslab/typescript-for-tslab';
import { eachInstead, instead, methodCall, type Node, type Operator, type Place, textOf, wrapped } from './operator.ts';

/** Left, operator and right of a calculation with one of these operators. */
function calculation(
  node: Node,
  place: Place,
  signs: readonly string[],
): { left: string; sign: string; right: string; binary: TypeScript.BinaryExpression } | undefined {
  if (!place.ts.isBinaryExpression(node)) return undefined;
  const sign = textOf(node.operatorToken, place);
  if (!signs.includes(sign)) return undefined;
  return { left: textOf(node.left, place), sign, right: textOf(node.right, place), binary: node };
}

const others: Readonly<Record<string, readonly string[]>> = {
  '+': ['-', '*'],
  '-': ['+'],
  '*': ['/', '+'],
  '/': ['*', '-'],
  '%': ['/'],
  '+=': ['-=', '*='],
  '-=': ['+='],
  '*=': ['+=', '/='],
  '/=': ['*='],
};

/** Another of the four operations. */
export const arithmetic: Operator = {
  name: 'arithmetic operator',
  edits(node, place) {
    const found = calculation(node, place, Object.keys(others));
    return found ? eachInstead(found.binary.operatorToken, others[found.sign] ?? [], place) : [];
  },
};

/** What was to be added up is the last one only. */
export const accumulation: Operator = {
  name: 'sum overwritten',
  edits(node, place) {
    const found = calculation(node, place, ['+=', '*=', '-=']);
    return found ? [instead(node, `${found.left.replace(/!$/, '')} = ${found.right}`, place)] : [];
  },
};

/** A term of a sum or a factor of a product that was forgotten. */
export const droppedTerm: Operator = {
  name: 'dropped term',
  edits(node, place) {
    const found = calculation(node, place, ['+', '-', '*', '/', '??', '%']);
    if (!found) return [];
    const left = instead(node, found.left, place);
    return ['+', '*'].includes(found.sign) ? [left, instead(node, found.right, place)] : [left];
  },
};

/** A difference or a quotient the other way round, the first two arguments exchanged. */
export const argumentOrder: Operator = {
  name: 'order of arguments',
  edits(node, place) {
    const { ts } = place;
    const found = calculation(node, place, ['-', '/', '**', '%']);
    if (found) return [instead(node, `${wrapped(found.binary.right, place)} ${found.sign} ${wrapped(found.binary.left, place)}`, place)];
    if (!ts.isCallExpression(node) || node.arguments.length < 2) return [];
    const texts = node.arguments.map(argument => textOf(argument, place));
    const pairs = texts.slice(1).map((_, i) => texts.toSpliced(i, 2, texts[i + 1] as string, texts[i] as string));
    const head = textOf(node.expression, place);
    return eachInstead(
      node,
      pairs.map(args => `${head}(${args.join(', ')})`),
      place,
    );
  },
};

/** A sign that was lost, or turned. */
export const sign: Operator = {
  name: 'sign',
  edits(node, place) {
    const { ts } = place;
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken)
      return [instead(node, textOf(node.operand, place), place)];
    const result = ts.isReturnStatement(node) ? node.expression : undefined;
    if (result && (ts.isBinaryExpression(result) || ts.isCallExpression(result)))
      return [instead(result, `-(${textOf(result, place)})`, place)];
    const found = calculation(node, place, ['*']);
    return found ? [instead(node, `-${wrapped(found.binary.left, place)} * ${found.right}`, place)] : [];
  },
};

/** Rows for columns, input for output channels: another axis of a shape, another axis as an argument, an index that counts the other way. */
export const axis: Operator = {
  name: 'axis swapped',
  edits(node, place) {
    const { ts } = place;
    if (ts.isElementAccessExpression(node) && /shape$/.test(textOf(node.expression, place))) return shapeAxes(node, place);
    const at = methodCall(node, place);
    if (at?.method === 'at' && /shape$/.test(textOf(at.object, place)))
      return [instead(node, `${textOf(at.object, place)}.at(${textOf(at.call, place).includes('-1') ? -2 : -1})`, place)];
    const back = calculation(node, place, ['-']);
    if (back && /shape\.length$/.test(back.left)) return eachInstead(back.binary.right, back.right === '2' ? ['1', '3'] : ['2'], place);
    if (back) return [];
    const remainder = calculation(node, place, ['%']);
    if (remainder) return [instead(node, `Math.floor(${remainder.left} / ${wrapped(remainder.binary.right, place)})`, place)];
    return [...axisArgument(node, place), ...walkedOtherwise(node, place)];
  },
};

function shapeAxes(node: TypeScript.ElementAccessExpression, place: Place) {
  const given = textOf(node.argumentExpression, place);
  return eachInstead(
    node.argumentExpression,
    ['0', '1', '2', '3'].filter(other => other !== given && Math.abs(Number(other) - Number(given)) <= 2),
    place,
  );
}

/** `gather(values, 3, keep)`: a whole number from 0 to 3 in the middle of a call is an axis. */
function axisArgument(node: Node, place: Place) {
  if (!place.ts.isCallExpression(node) || node.arguments.length < 3) return [];
  const [, given] = node.arguments;
  if (!given || !/^[0-3]$/.test(textOf(given, place))) return [];
  const number = Number(textOf(given, place));
  return eachInstead(given, number > 0 ? [`${number - 1}`] : ['1'], place);
}

/** `row * columns + column` is `column * columns + row` for one who walks down instead of across. */
function walkedOtherwise(node: Node, place: Place) {
  const { ts } = place;
  const outer = calculation(node, place, ['+']);
  const inner = outer && calculation(outer.binary.left, place, ['*']);
  if (!outer || !inner || !ts.isElementAccessExpression(node.parent)) return [];
  return [instead(node, `${outer.right} * ${inner.right} + ${inner.left}`, place)];
}
