import type * as TypeScript from '@tslab/typescript-for-tslab';

/** A remark about a cell that is no error. Lines and columns count from 1. */
export interface Hint {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Top-level calls whose promise nobody takes. The last statement is left out: its value is awaited and shown. */
export function forgottenAwaits(ts: typeof TypeScript, program: TypeScript.Program, file: TypeScript.SourceFile): Hint[] {
  const checker = program.getTypeChecker();
  const statements = file.statements.filter(statement => !ts.isExportDeclaration(statement));
  return statements.slice(0, -1).flatMap(statement => {
    if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return [];
    const then = checker.getTypeAtLocation(statement.expression).getProperty('then');
    if (!then) return [];
    const { line, character } = file.getLineAndCharacterOfPosition(statement.getStart(file));
    // The converter puts one line of its own in front of the cell.
    const message = 'this call returns a promise that nobody waits for; write `await` in front of it';
    return [{ line, column: character + 1, message }];
  });
}
