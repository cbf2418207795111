import type * as TypeScript from '@tslab/typescript-for-tslab';
import { propertiesIn, stringsIn } from './operators/names.ts';
import type { Compiler, Node, Place } from './operators/operator.ts';

/** A program in an answer cell: the cell itself, or a loop that stands in it as a text. */
export interface Program {
  readonly place: Place;
  /** Where it begins in the cell. */
  readonly start: number;
  /** What of the cell is put into it, and must stay as it is. */
  readonly filled: readonly Span[];
}

/** A piece of a text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is put into a template, with its signs, from the template's start on. */
function spansOf(node: TypeScript.TemplateExpression, start: number): Span[] {
  const pieces = [node.head, ...node.templateSpans.map(({ literal }) => literal)];
  // A head and a middle end behind `${`, a middle and a tail begin with `}`.
  return node.templateSpans.map(({ literal }, i) => ({
    from: (pieces[i] as TypeScript.Node).end - 2 - start,
    to: literal.getStart() + 1 - start,
  }));
}

/** The text with a name, as long as what is put in, in each of these places. */
function withFillers(text: string, spans: readonly Span[]): { readonly text: string; readonly filled: readonly Span[] } {
  const filled = spans.reduce((so, { from, to }) => so.slice(0, from) + '_'.padEnd(to - from) + so.slice(to), text);
  return { text: filled, filled: spans };
}

/** What a text must hold to be the text of a loop, whose syntax is TypeScript's. */
const isLoop = (text: string): boolean => /\bexport\s+function\s+\w+\s*\(/.test(text);

/**
 * The programs in a cell: rules change what a loop's text says as they change the cell. Where a text is put together, a name stands in the place of what is
 * put in, and nothing that holds it is changed. A text with escapes is left alone.
 */
export function programsIn(source: string, ts: Compiler): Program[] {
  const own = programAt(source, 0, ts);
  const loops: Program[] = [];
  const visit = (node: Node): void => {
    if (ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)) {
      const start = node.getStart(own.place.file) + 1;
      const { text, filled } = withFillers(source.slice(start, node.end - 1), ts.isTemplateExpression(node) ? spansOf(node, start) : []);
      if (isLoop(text) && !text.includes('\\')) loops.push({ ...programAt(text, start, ts), filled });
    }
    ts.forEachChild(node, visit);
  };
  visit(own.place.file);
  return [own, ...loops];
}

function programAt(text: string, start: number, ts: Compiler): Program {
  const file = ts.createSourceFile('answer.ts', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  return { place: { ts, file, properties: propertiesIn(file, ts), strings: stringsIn(file, ts) }, start, filled: [] };
}
