import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, KernelClient, kernelArgv } from '../../kernels/jupyter/client.ts';
import { projectFolder } from '../run/places.ts';
import { type Cell, cellName } from './cells.ts';

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

/** A private copy of a lab's folder inside the project, so that its notebook finds the library. */
export class Workspace {
  readonly folder: string;

  constructor(labFolder: string) {
    const base = join(projectFolder, '.tinylab/scratch');
    mkdirSync(base, { recursive: true });
    this.folder = mkdtempSync(join(base, 'release-'));
    process.once('exit', this.remove);
    const own = (name: string): boolean =>
      name !== 'lab.ts' && name !== 'deliverables' && !name.startsWith('.') && !name.endsWith('.ipynb');
    // Below .tinylab modules are CommonJS unless a folder says otherwise.
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }\n');
    for (const name of readdirSync(labFolder).filter(own)) cpSync(join(labFolder, name), join(this.folder, name), { recursive: true });
  }

  readonly remove = (): void => {
    process.off('exit', this.remove);
    rmSync(this.folder, { recursive: true, force: true });
  };

  get deliverables(): string {
    return join(this.folder, 'deliverables');
  }
}

/** A cell whose only output is the report of all checks, as JSON. */
export const checkAllCell: Cell = {
  type: 'code',
  metadata: {},
  source: "import { checkAll as sum } from 'tinylab';\nconsole.log(JSON.stringify((await sum()).report));",
};

export interface KernelRunOptions {
  /** Hears of each cell before it runs. */
  readonly onCell?: (cell: string) => void;
  /** Run the cells after one that failed. */
  readonly goOn?: boolean;
}

/** Restarts the kernel and runs all code cells in `folder`, as a student's JupyterLab would. */
export async function runInKernel(cells: readonly Cell[], folder: string, options: KernelRunOptions = {}): Promise<KernelRun> {
  const begin = performance.now();
  const client = await KernelClient.start(kernelArgv(join(projectFolder, '.tinylab/python')), { cwd: folder });
  const kill = (): void => client.close();
  process.once('exit', kill);
  let slowest = { cell: '', wallMs: 0 };
  let lastOutput = '';
  let failed: KernelRun['failed'];
  try {
    for (const [index, cell] of cells.entries()) {
      if (cell.type !== 'code' || cell.source === '') continue;
      const name = cellName(cell, index);
      options.onCell?.(name);
      const started = performance.now();
      const answer = await client.execute(cell.source);
      const wallMs = performance.now() - started;
      if (wallMs > slowest.wallMs) slowest = { cell: name, wallMs };
      lastOutput = answer.text('stdout');
      if (answer.reply.status === 'ok') continue;
      failed ??= { cell: name, line: cell.line, message: failure(answer) };
      if (!options.goOn) break;
    }
    return { wallMs: performance.now() - begin, slowest, lastOutput, ...(failed && { failed }) };
  } finally {
    process.off('exit', kill);
    await client.shutdown();
  }
}

const failure = ({ reply }: Answer): string => `${reply.ename ?? reply.status}: ${reply.evalue ?? 'the cell did not run'}`;
