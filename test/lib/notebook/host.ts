import type { KernelHost, MimeBundle } from '../../../lib/tensor/host.ts';

/** One call of `display`. */
export interface Shown {
  readonly bundle: MimeBundle;
  readonly id: string | undefined;
  readonly update: boolean;
}

const key = Symbol.for('tinylab.kernel');
const world = globalThis as { [key]?: KernelHost };

/** Runs `body` as if in a notebook and returns what was shown. */
export async function inNotebook(body: () => unknown): Promise<readonly Shown[]> {
  const shown: Shown[] = [];
  world[key] = {
    version: 1,
    display: (bundle, { id, update = false } = {}) => void shown.push({ bundle, id, update }),
    clearOutput: () => {},
    signal: () => new AbortController().signal,
    onTerminate: () => () => {},
    lookup: () => ({ found: false }),
  };
  try {
    await body();
  } finally {
    delete world[key];
  }
  return shown;
}
