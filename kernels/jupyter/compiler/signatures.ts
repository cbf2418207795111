import type * as TypeScript from '@tslab/typescript-for-tslab';
import type { Docs } from './docs.ts';

/** Functions of the compiler that its public types leave out. */
interface Internals {
  findPrecedingToken(position: number, file: TypeScript.SourceFile): TypeScript.Node | undefined;
  readonly SignatureHelp: {
    getSignatureHelpItems(
      ...asked: [
        program: { getTypeChecker(): TypeScript.TypeChecker },
        file: TypeScript.SourceFile,
        position: number,
        reason: undefined,
        token: TypeScript.CancellationToken,
      ]
    ): TypeScript.SignatureHelpItems | undefined;
  };
}

/** A place in a file, and what the compiler needs to say something about it. */
export type QuickInfoPlace = [
  file: TypeScript.SourceFile,
  checker: TypeScript.TypeChecker,
  token: TypeScript.CancellationToken,
  position: number,
];

type Parts = readonly TypeScript.SymbolDisplayPart[];

const textOf = (parts: Parts) => parts.map(({ text }) => text).join('');

/** What a person wants to know who is writing the arguments of a call: its signatures, and the parameter that comes next. */
export function callInfo(ts: typeof TypeScript, document: Docs, place: QuickInfoPlace): TypeScript.QuickInfo | undefined {
  const [file, checker, token, position] = place;
  const { SignatureHelp, findPrecedingToken } = ts as typeof ts & Internals;
  const before = findPrecedingToken(position, file);
  const called = before && calledBy(ts, before);
  if (called) document(checker, checker.getSymbolAtLocation(called));
  const help = SignatureHelp.getSignatureHelpItems({ getTypeChecker: () => checker }, file, position, undefined, token);
  const selected = help?.items[help.selectedItemIndex];
  if (!help || !selected) return undefined;
  const signatures = [selected, ...help.items.filter(item => item !== selected)].map(signature);
  const next = selected.parameters[help.argumentIndex];
  const note = next ? `\n\n${parameter(next)}` : '';
  return {
    kind: ts.ScriptElementKind.functionElement,
    kindModifiers: '',
    textSpan: help.applicableSpan,
    displayParts: [{ text: signatures.join('\n') + note, kind: 'text' }],
    documentation: selected.documentation,
    tags: selected.tags,
  };
}

/** The name of the function whose arguments the node stands among. */
function calledBy(ts: typeof TypeScript, node: TypeScript.Node): TypeScript.Node | undefined {
  for (let at: TypeScript.Node | undefined = node; at; at = at.parent) {
    if (ts.isCallExpression(at) || ts.isNewExpression(at)) {
      const { expression } = at;
      if (node.pos >= expression.end) return ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    }
  }
  return undefined;
}

function signature(item: TypeScript.SignatureHelpItem): string {
  const parameters = item.parameters.map(({ displayParts }) => textOf(displayParts));
  return textOf(item.prefixDisplayParts) + parameters.join(textOf(item.separatorDisplayParts)) + textOf(item.suffixDisplayParts);
}

function parameter({ displayParts, documentation }: TypeScript.SignatureHelpParameter): string {
  const about = textOf(documentation);
  return `→ ${textOf(displayParts)}${about && `: ${about}`}`;
}
