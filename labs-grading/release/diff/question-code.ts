import type * as TypeScript from '@tslab/typescript-for-tslab';
import { loadTypeScript } from '../../../kernels/jupyter/compiler/tslab.ts';
import { wordsOf } from '../leaks/tokens.ts';

/** A question as checks.ts declares it. */
export interface QuestionCode {
  readonly title?: string;
  /** Its whole declaration, as words: formatting does not count. */
  readonly words: string;
}

/** The questions in the text of a checks.ts, by id, and the words of everything else in it, which all of them share. */
export function questionCode(text: string): { questions: ReadonlyMap<string, QuestionCode>; rest: string } {
  const ts = loadTypeScript();
  const file = ts.createSourceFile('checks.ts', text, ts.ScriptTarget.Latest, true);
  const questions = new Map<string, QuestionCode>();
  const ranges: TypeScript.TextRange[] = [];
  const visit = (node: TypeScript.Node): void => {
    const call = ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'question' ? node : undefined;
    const [id, options] = call?.arguments ?? [];
    if (!call || !id || !ts.isStringLiteralLike(id)) {
      ts.forEachChild(node, visit);
      return;
    }
    const title = options && ts.isObjectLiteralExpression(options) ? textOf(options, 'title', ts) : undefined;
    questions.set(id.text, { ...(title !== undefined && { title }), words: wordsOf(call.getText(file)) });
    ranges.push({ pos: call.getStart(file), end: call.end });
  };
  visit(file);
  const rest = ranges.reduceRight((left, { pos, end }) => left.slice(0, pos) + left.slice(end), text);
  return { questions, rest: wordsOf(rest) };
}

function textOf(options: TypeScript.ObjectLiteralExpression, name: string, ts: typeof TypeScript): string | undefined {
  for (const property of options.properties)
    if (ts.isPropertyAssignment(property) && property.name.getText() === name && ts.isStringLiteralLike(property.initializer))
      return property.initializer.text;
  return undefined;
}
