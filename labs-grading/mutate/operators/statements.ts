import type * as TypeScript from '@tslab/typescript-for-tslab';
import { type Edit, eachInstead, functionAround, instead, methodCall, type Node, type Operator, type Place, textOf } from './operator.ts';

/** A line that was forgotten. */
export const droppedStatement: Operator = {
  name: 'dropped statement',
  edits(node, place) {
    const { ts } = place;
    const goes = ts.isExpressionStatement(node) || ts.isContinueStatement(node) || (ts.isIfStatement(node) && !node.elseStatement);
    return goes ? [instead(node, ';', place)] : [];
  },
};

/** The result given back before the loop is done. */
export const earlyReturn: Operator = {
  name: 'early return',
  edits(node, place) {
    const { ts } = place;
    if (!ts.isForOfStatement(node) && !ts.isForStatement(node) && !ts.isWhileStatement(node)) return [];
    const around = functionAround(node, place)?.body;
    const last = around && ts.isBlock(around) ? around.statements.at(-1) : undefined;
    const leave = last && ts.isReturnStatement(last) ? [textOf(last, place), 'break;'] : ['break;'];
    const body = textOf(node.statement, place);
    const lines = ts.isBlock(node.statement) ? body.slice(1, -1).trimEnd() : ` ${body}`;
    return eachInstead(
      node.statement,
      leave.map(text => `{${lines}\n${text}\n}`),
      place,
    );
  },
};

/** A promise taken for what it promises. */
export const missingAwait: Operator = {
  name: 'missing await',
  edits: (node, place) => (place.ts.isAwaitExpression(node) ? [instead(node, textOf(node.expression, place), place)] : []),
};

const inPlace: Readonly<Record<string, string>> = { toSorted: 'sort', toReversed: 'reverse', toSpliced: 'splice' };

/** The input, or a list that is still needed, changed where a copy was meant. */
export const mutatedInput: Operator = {
  name: 'input changed in place',
  edits(node, place): Edit[] {
    const { ts } = place;
    const found = methodCall(node, place);
    if (!found) return [];
    const { object, method, call } = found;
    const text = textOf(object, place);
    if (inPlace[method])
      return [instead(node, `${text}.${inPlace[method]}(${textOf(call, place).slice(text.length + method.length + 2, -1)})`, place)];
    if (method === 'slice' && call.arguments.length === 0) return [instead(node, text, place)];
    const copied = call.arguments[0];
    if (method === 'from' && call.arguments.length === 1 && copied) return [instead(node, textOf(copied, place), place)];
    const spread = ts.isArrayLiteralExpression(object) ? object.elements[0] : undefined;
    return spread && ts.isSpreadElement(spread) && /^(sort|reverse)$/.test(method)
      ? [instead(object, textOf(spread.expression, place), place)]
      : [];
  },
};

/** One step of a chain left out: the values not sorted, not filtered, not mapped, not copied. */
export const droppedStep: Operator = {
  name: 'dropped step',
  edits(node, place) {
    const found = methodCall(node, place);
    const steps = /^(sort|toSorted|reverse|filter|map|slice|flat|fill)$/;
    return found && steps.test(found.method) ? [instead(node, textOf(found.object, place), place)] : [];
  },
};

const ends = ['.slice(1)', '.slice(0, -1)', '.slice(0, 1)'];

/** The first or the last element left out, or the only one that counts. */
export const fewerElements: Operator = {
  name: 'empty or single element',
  edits(node, place) {
    const { ts } = place;
    if (ts.isForOfStatement(node))
      return eachInstead(
        node.expression,
        ends.map(end => `${bracketed(node.expression, place)}${end}`),
        place,
      );
    const found = methodCall(node, place);
    if (!found || !/^(reduce|map|forEach|filter|every|some|flatMap)$/.test(found.method)) return [];
    return eachInstead(
      found.object,
      ends.map(end => `${bracketed(found.object, place)}${end}`),
      place,
    );
  },
};

const bracketed = (node: Node, place: Place): string => {
  const text = textOf(node, place);
  return /^[\w$.[\]()!]+$/.test(text) ? text : `(${text})`;
};

/** A value read before it is renewed, or after it already was: two statements in the other order. */
export const statementOrder: Operator = {
  name: 'statements in another order',
  edits(node, place) {
    const { ts } = place;
    if (!ts.isBlock(node)) return [];
    const plain = (statement: TypeScript.Statement | undefined): boolean =>
      statement !== undefined && (ts.isExpressionStatement(statement) || ts.isIfStatement(statement) || ts.isForOfStatement(statement));
    return node.statements.flatMap((first, i) => {
      const second = node.statements[i + 1];
      if (!second || !plain(first) || !plain(second)) return [];
      return [{ from: first.getStart(place.file), to: second.end, text: `${textOf(second, place)}\n${textOf(first, place)}` }];
    });
  },
};
