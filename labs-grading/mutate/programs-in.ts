import { propertiesIn, stringsIn } from './operators/names.ts';
import type { Compiler, Node, Place } from './operators/operator.ts';

/** A program in an answer cell: the cell itself, or a loop that stands in it as a text. */
export interface Program {
  readonly place: Place;
  /** Where it begins in the cell. */
  readonly start: number;
}

/** What a text must hold to be the text of a loop, whose syntax is TypeScript's. */
const isLoop = (text: string): boolean => /\bexport\s+function\s+\w+\s*\(/.test(text);

/** The programs in a cell: rules change what a loop's text says as they change the cell. A text with escapes, or that is put together, is left alone. */
export function programsIn(source: string, ts: Compiler): Program[] {
  const own = programAt(source, 0, ts);
  const loops: Program[] = [];
  const visit = (node: Node): void => {
    if (ts.isNoSubstitutionTemplateLiteral(node) && isLoop(node.text)) {
      const start = node.getStart(own.place.file) + 1;
      const raw = source.slice(start, node.end - 1);
      if (raw === node.text) loops.push(programAt(raw, start, ts));
    }
    ts.forEachChild(node, visit);
  };
  visit(own.place.file);
  return [own, ...loops];
}

function programAt(text: string, start: number, ts: Compiler): Program {
  const file = ts.createSourceFile('answer.ts', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  return { place: { ts, file, properties: propertiesIn(file, ts), strings: stringsIn(file, ts) }, start };
}
