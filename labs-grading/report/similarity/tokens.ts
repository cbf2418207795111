import type * as TypeScript from '@tslab/typescript-for-tslab';
import { loadTypeScript } from '../../../kernels/jupyter/compiler/tslab.ts';

/** A token without what is easily changed, and where it stands (rows and columns from 0). */
export interface CodeToken {
  readonly kind: string;
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

type Kind = keyof typeof TypeScript.SyntaxKind;

/** What names and literals are called here; keywords and punctuation stay. */
const words: Readonly<Partial<Record<Kind, string>>> = {
  Identifier: 'name',
  PrivateIdentifier: 'name',
  NumericLiteral: 'number',
  BigIntLiteral: 'number',
  StringLiteral: 'string',
  NoSubstitutionTemplateLiteral: 'string',
  RegularExpressionLiteral: 'regex',
  TemplateHead: 'template',
  TemplateMiddle: 'template',
  TemplateTail: 'template',
};

/** What a slash divides; after anything else, or one of `words`, it begins a regular expression. */
const operands: readonly Kind[] = ['CloseParenToken', 'CloseBracketToken', 'CloseBraceToken', 'ThisKeyword'];

/** What TypeScript ends a line with. */
export const lineEnd: RegExp = /\r\n|[\r\n\u2028\u2029]/g;

/**
 * The tokens of TypeScript as the compiler's scanner sees them. Every name becomes `name`, every literal its kind; comments, blanks and
 * semicolons are gone: renaming and formatting change nothing. The scanner never calls itself, so no source is too deep for it.
 */
export function codeTokens(source: string): CodeToken[] {
  const ts = loadTypeScript();
  const kinds = new Map(Object.entries(words).map(([kind, word]) => [ts.SyntaxKind[kind as Kind], word]));
  const ends = new Set([...kinds.keys(), ...operands.map(kind => ts.SyntaxKind[kind])]);
  const starts = [0, ...Array.from(source.matchAll(lineEnd), found => found.index + found[0].length)];
  const tokens: CodeToken[] = [];
  let row = 0;
  for (const { kind, from, to } of scanned(source, ts, ends)) {
    if (kind === ts.SyntaxKind.SemicolonToken) continue;
    while (row + 1 < starts.length && (starts[row + 1] as number) <= from) row++;
    const start = starts[row] as number;
    tokens.push({ kind: ts.tokenToString(kind) ?? kinds.get(kind) ?? 'other', row, from: from - start, to: to - start });
  }
  return tokens;
}

interface Scanned {
  readonly kind: TypeScript.SyntaxKind;
  readonly from: number;
  readonly to: number;
}

/** What the scanner finds. It cannot tell by itself that a slash begins a regular expression, or that a brace ends a hole of a template. */
function* scanned(source: string, ts: typeof TypeScript, ends: ReadonlySet<TypeScript.SyntaxKind>): Generator<Scanned> {
  const { SlashToken, SlashEqualsToken, OpenBraceToken, CloseBraceToken, TemplateHead, TemplateMiddle, EndOfFileToken } = ts.SyntaxKind;
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, source);
  const open: TypeScript.SyntaxKind[] = [];
  let divides = false;
  for (let kind = scanner.scan(); kind !== EndOfFileToken; kind = scanner.scan()) {
    if ((kind === SlashToken || kind === SlashEqualsToken) && !divides) kind = scanner.reScanSlashToken();
    if (kind === CloseBraceToken && open.pop() === TemplateHead) {
      kind = scanner.reScanTemplateToken(false);
      if (kind === TemplateMiddle) open.push(TemplateHead);
    } else if (kind === OpenBraceToken || kind === TemplateHead) open.push(kind);
    // After a piece of a template that opens a hole, an operand is still to come.
    divides = ends.has(kind) && kind !== TemplateHead && kind !== TemplateMiddle;
    yield { kind, from: scanner.getTokenPos(), to: scanner.getTextPos() };
  }
}
