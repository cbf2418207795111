import type { LoopFunction } from '../loop.ts';

interface Ranged {
  readonly range: { readonly start: number; readonly end: number };
}

/** What is read of the compiler's tree. */
export interface ParsedSource {
  readonly normalizedPath: string;
  readonly text: string;
  readonly statements: readonly ParsedStatement[];
}

interface ParsedStatement extends Ranged {
  /** Bit 2 is set for what is exported. */
  readonly flags?: number;
  readonly name?: { readonly text?: string };
  readonly signature?: {
    readonly parameters: readonly { readonly name: { readonly text: string }; readonly type: Ranged }[];
    readonly returnType: Ranged;
  };
}

const exported = 2;

/** The exported functions of a source, with names and types as they were written. */
export function signatures(sources: readonly ParsedSource[], path: string): LoopFunction[] {
  const source = sources.find(({ normalizedPath }) => normalizedPath === path);
  if (!source) return [];
  const text = ({ range }: Ranged): string => source.text.slice(range.start, range.end);
  return source.statements.flatMap(({ flags = 0, name, signature }) => {
    if (!signature || !name?.text || (flags & exported) === 0) return [];
    const parameters = signature.parameters.map(({ name: { text: parameter }, type }) => [parameter, text(type)] as const);
    return [{ name: name.text, parameters, result: text(signature.returnType) || 'void' }];
  });
}
