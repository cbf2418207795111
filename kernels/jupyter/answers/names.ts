import { createRequire } from 'node:module';
import type { Converter } from 'tslab/dist/converter.js';
import { toCodePoints, toCodeUnits } from './offsets.ts';

const require = createRequire(import.meta.url);

/** Where the answer's parts come from. */
export interface Names {
  readonly converter: Converter;
  /** Declarations of all cells so far. */
  readonly declarations: string;
}

/** Names that fit at the cursor. Positions of the protocol count code points. */
export function complete({ converter, declarations }: Names, code: string, cursor: number): object {
  const position = toCodeUnits(code, cursor);
  const { start, end, candidates } = converter.complete(declarations, code, position);
  const typed = code.slice(start, position).toLowerCase();
  const matches = candidates.filter(name => name.toLowerCase().startsWith(typed));
  return {
    status: 'ok',
    matches: matches.length ? matches : candidates,
    cursor_start: toCodePoints(code, start),
    cursor_end: toCodePoints(code, end),
    metadata: {},
  };
}

/** Signature and documentation of the name at the cursor, or else of the call whose arguments it stands among; undefined where there is neither. */
export function describe({ converter, declarations }: Names, code: string, cursor: number): string | undefined {
  const { printQuickInfo } = require('tslab/dist/inspect.js') as typeof import('tslab/dist/inspect.js');
  const info = converter.inspect(declarations, code, toCodeUnits(code, cursor));
  return info && printQuickInfo(info);
}

/** The pager's payload for `name?`. */
export function page(names: () => Names, code: string): object | undefined {
  const asked = /^\s*\??\s*([\w$.]+)\s*\?{0,2}\s*$/.exec(code);
  if (!asked?.[1] || !/^\s*\?|\?\s*$/.test(code)) return undefined;
  const name = asked[1];
  const text = describe(names(), name, name.length - 1) ?? `No cell has declared '${name}'.`;
  return { source: 'page', data: { 'text/plain': text }, start: 0 };
}
