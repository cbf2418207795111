import type { Loop } from '../loop.ts';

/** What the compiling thread is asked. */
export interface CompileRequest {
  readonly source: string;
  /** Whether the text format is wanted too. */
  readonly text: boolean;
}

/** What it answers. */
export interface Compiled {
  readonly binary: Uint8Array;
  readonly functions: Loop['functions'];
  readonly text?: string;
}
