import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import { loadTypeScript } from '../../kernels/jupyter/compiler/tslab.ts';
import { GraderError } from '../base/grader-error.ts';
import { shown } from '../base/project.ts';

/** What checks.ts says of a question before it asks anything. */
export interface QuestionHead {
  readonly points: number;
  readonly title: string;
  /** Points on top of a lab's. */
  readonly bonus?: number;
}

/**
 * The questions that a checks.ts declares, by id, in the order of the text: read from the syntax of it and of what it imports from beside it, so
 * that a notebook can be written without running anything.
 * @throws GraderError where points or a title are no literals, or a file does not parse.
 */
export function questionHeads(checks: string): ReadonlyMap<string, QuestionHead> {
  const heads = new Map<string, QuestionHead>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const { imports, found } = headsOf(path);
    for (const specifier of imports) {
      const beside = resolve(dirname(path), specifier);
      if (existsSync(beside)) visit(beside);
    }
    for (const [id, head] of found) heads.set(id, head);
  };
  visit(checks);
  return heads;
}

function headsOf(path: string): { imports: string[]; found: Map<string, QuestionHead> } {
  const ts = loadTypeScript();
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const imports = file.statements.flatMap(statement =>
    (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
    statement.moduleSpecifier &&
    ts.isStringLiteral(statement.moduleSpecifier) &&
    statement.moduleSpecifier.text.startsWith('.')
      ? [statement.moduleSpecifier.text]
      : [],
  );
  const found = new Map<string, QuestionHead>();
  const visit = (node: TypeScript.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== 'question') return;
    const [id, options] = node.arguments;
    if (!id || !ts.isStringLiteralLike(id) || !options || !ts.isObjectLiteralExpression(options)) return;
    const line = file.getLineAndCharacterOfPosition(options.getStart(file)).line + 1;
    const points = literal(ts, options, 'points');
    if (typeof points !== 'number') throw refusal(path, line, `question('${id.text}'): points should be written as a number`);
    const title = literal(ts, options, 'title');
    const bonus = literal(ts, options, 'bonus');
    found.set(id.text, { points, title: typeof title === 'string' ? title : id.text, ...(typeof bonus === 'number' && { bonus }) });
  };
  visit(file);
  return { imports, found };
}

/** The value of a property that is written out; undefined where there is none. */
function literal(ts: typeof TypeScript, object: TypeScript.ObjectLiteralExpression, name: string): string | number | undefined {
  for (const property of object.properties) {
    if (!ts.isPropertyAssignment(property) || property.name.getText() !== name) continue;
    const { initializer } = property;
    if (ts.isNumericLiteral(initializer)) return Number(initializer.text);
    if (ts.isStringLiteralLike(initializer)) return initializer.text;
  }
  return undefined;
}

const refusal = (path: string, line: number, message: string): GraderError =>
  new GraderError('lab/problems', [{ rule: 'points', file: shown(path), line, message }]);
