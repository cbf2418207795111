import { createRequire } from 'node:module';
import type { TraceMap } from '@jridgewell/trace-mapping';

const require = createRequire(import.meta.url);

/** A place in a cell as its author wrote it. Line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

interface Script {
  readonly source: string;
  readonly maps: readonly string[];
  parsed?: TraceMap[];
}

const scripts = new Map<string, Script>();

/** Remembers where the compiled text of the cell that runs under `name` came from. */
export function registerScript(name: string, { source, maps }: { source: string; maps: readonly string[] }): void {
  scripts.set(name, { source, maps });
}

/** The line that the author wrote. */
export function sourceLine(name: string, line: number): string | undefined {
  return scripts.get(name)?.source.split('\n')[line - 1];
}

/** Where in the author's text the compiled place lies; undefined for scripts that are no cells. */
export function originalPosition(name: string, { line, column }: Position): Position | undefined {
  const script = scripts.get(name);
  if (!script) return undefined;
  const { TraceMap, originalPositionFor } = require('@jridgewell/trace-mapping') as typeof import('@jridgewell/trace-mapping');
  script.parsed ??= script.maps.map(map => new TraceMap(map));
  let place = { line, column: column - 1 };
  for (const map of script.parsed) {
    const original = originalPositionFor(map, place);
    if (original.line === null) return undefined;
    place = { line: original.line, column: original.column };
  }
  // The compiler saw one line of its own in front of the cell.
  return { line: script.maps.length ? place.line - 1 : place.line, column: place.column + 1 };
}
