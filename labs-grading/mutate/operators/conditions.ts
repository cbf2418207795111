import { eachInstead, instead, type Node, type Operator, type Place, textOf } from './operator.ts';

const turned: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };
const widened: Readonly<Record<string, string>> = { '<': '<=', '>': '>=', '<=': '<', '>=': '>' };
const negated: Readonly<Record<string, string>> = { '===': '!==', '!==': '===', '&&': '||', '||': '&&' };

function comparison(name: string, other: Readonly<Record<string, string>>): Operator {
  return {
    name,
    edits(node, place) {
      if (!place.ts.isBinaryExpression(node)) return [];
      const text = other[textOf(node.operatorToken, place)];
      return text === undefined ? [] : [instead(node.operatorToken, text, place)];
    },
  };
}

/** Larger for smaller. */
export const comparisonTurned: Operator = comparison('comparison turned', turned);

/** Whether equal counts. */
export const comparisonWidened: Operator = comparison('comparison widened or narrowed', widened);

/** A condition that holds where it should not. */
export const conditionNegated: Operator = {
  name: 'negated condition',
  edits(node, place) {
    const { ts } = place;
    if (ts.isBinaryExpression(node)) {
      const text = negated[textOf(node.operatorToken, place)];
      return text === undefined ? [] : [instead(node.operatorToken, text, place)];
    }
    const condition = conditionOf(node, place);
    return condition ? eachInstead(condition, [`!(${textOf(condition, place)})`, 'true', 'false'], place) : [];
  },
};

function conditionOf(node: Node, { ts }: Place): Node | undefined {
  if (ts.isIfStatement(node)) return node.expression;
  return ts.isConditionalExpression(node) ? node.condition : undefined;
}

/** What belongs to the condition done without it, and the other way round. */
export const branchesSwapped: Operator = {
  name: 'swapped branches',
  edits(node, place) {
    const { ts } = place;
    if (ts.isConditionalExpression(node)) {
      const [condition, yes, no] = [node.condition, node.whenTrue, node.whenFalse].map(part => textOf(part, place));
      return [instead(node, `${condition} ? ${no} : ${yes}`, place)];
    }
    if (!ts.isIfStatement(node) || !node.elseStatement) return [];
    const [condition, yes, no] = [node.expression, node.thenStatement, node.elseStatement].map(part => textOf(part, place));
    return [instead(node, `if (${condition}) ${no} else ${yes}`, place)];
  },
};
