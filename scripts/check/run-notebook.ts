import { join } from 'node:path';
import { type Answer, KernelClient, kernelArgv } from '../../kernels/jupyter/client.ts';

/** A code cell to run, and the name that a person knows it by. */
export interface CodeCell {
  readonly name: string;
  readonly source: string;
  readonly line?: number;
}

/** How a notebook ran in the real kernel. */
export interface KernelRun {
  /** From starting the kernel to the end of the last cell. */
  readonly wallMs: number;
  readonly slowest: { readonly cell: string; readonly wallMs: number };
  /** The first cell that failed, with what it said; the cells after it did not run. */
  readonly failed?: { readonly cell: string; readonly line?: number; readonly message: string };
  /** Standard output of the last cell. */
  readonly lastOutput: string;
}

export interface KernelRunOptions {
  /** Called with each cell before it runs. */
  readonly onCell?: (cell: string) => void;
  /** Run the cells after one that failed. */
  readonly goOn?: boolean;
}

const python = join(import.meta.dirname, '../../.tinylab/python');

/** Starts a kernel in `folder` and runs the cells, as JupyterLab's "restart and run all" does. */
export async function runNotebook(cells: readonly CodeCell[], folder: string, options: KernelRunOptions = {}): Promise<KernelRun> {
  const begin = performance.now();
  const client = await KernelClient.start(kernelArgv(python), { cwd: folder });
  const kill = (): void => client.close();
  process.once('exit', kill);
  let slowest = { cell: '', wallMs: 0 };
  let lastOutput = '';
  let failed: KernelRun['failed'];
  try {
    for (const [i, { name, source, line }] of cells.entries()) {
      if (source === '') continue;
      options.onCell?.(name);
      const started = performance.now();
      const answer = await client.execute(source, {}, { cellId: `cell-${i}` });
      const wallMs = performance.now() - started;
      if (wallMs > slowest.wallMs) slowest = { cell: name, wallMs };
      lastOutput = answer.text('stdout');
      if (answer.reply.status === 'ok') continue;
      failed ??= { cell: name, line, message: failure(answer) };
      if (!options.goOn) break;
    }
    return { wallMs: performance.now() - begin, slowest, lastOutput, ...(failed && { failed }) };
  } finally {
    process.off('exit', kill);
    await client.shutdown();
  }
}

const failure = ({ reply }: Answer): string => `${reply.ename ?? reply.status}: ${reply.evalue ?? 'the cell did not run'}`;
