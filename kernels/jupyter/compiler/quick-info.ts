import type * as TypeScript from '@tslab/typescript-for-tslab';
import type { Docs } from './docs.ts';
import { callInfo, type QuickInfoPlace } from './signatures.ts';

/** Functions of the compiler that its public types leave out. */
interface Internals {
  getTouchingPropertyName(file: TypeScript.SourceFile, position: number): TypeScript.Node;
  getQuickInfoAtPosition(...place: QuickInfoPlace): TypeScript.QuickInfo | undefined;
}

/** What the compiler says about the name at a position, which may be its end, or else about the call around it; with documentation. */
export function quickInfo(ts: typeof TypeScript, document: Docs): Internals['getQuickInfoAtPosition'] {
  const internals = ts as typeof ts & Internals;
  return (...place) => {
    const [file, checker, , position] = place;
    document(checker, checker.getSymbolAtLocation(internals.getTouchingPropertyName(file, position)));
    return internals.getQuickInfoAtPosition(...place) ?? callInfo(ts, document, place);
  };
}
