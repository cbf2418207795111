import type * as TypeScript from '@tslab/typescript-for-tslab';
import { type Compiler, type Edit, instead, type Operator, textOf } from './operator.ts';

/** What each round of a loop begins anew, begun once before all of them: a sum that goes on from one element to the next. */
export const begunOnce: Operator = {
  name: 'begun once for all rounds',
  edits(node, place): Edit[] {
    const { ts, file } = place;
    if (!isLoop(node, ts) || !ts.isBlock(node.statement)) return [];
    const [start, all] = [node.getStart(file), textOf(node, place)];
    return node.statement.statements
      .filter(statement => isBeginning(statement, ts))
      .map(statement => {
        const begin = textOf(statement, place);
        const without = all.slice(0, statement.getStart(file) - start) + all.slice(statement.end - start);
        return instead(node, `{\n${begin}\n${without}\n}`, place);
      });
  },
};

const isLoop = (node: TypeScript.Node, ts: Compiler): node is TypeScript.ForStatement | TypeScript.ForOfStatement =>
  ts.isForStatement(node) || ts.isForOfStatement(node);

/** `let sum = 0;` */
function isBeginning(statement: TypeScript.Statement, ts: Compiler): boolean {
  if (!ts.isVariableStatement(statement) || (statement.declarationList.flags & ts.NodeFlags.Let) === 0) return false;
  const [declared, ...others] = statement.declarationList.declarations;
  const value = declared?.initializer;
  return others.length === 0 && value !== undefined && ts.isNumericLiteral(value);
}
