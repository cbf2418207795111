import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Answer, KernelClient, kernelArgv } from '../../../kernels/jupyter/client.ts';

const root = join(import.meta.dirname, '../../..');

/** Installs the kernelspec into a fresh environment, as set-up does, and returns the environment's folder. */
export function installKernel(): string {
  const prefix = mkdtempSync(join(tmpdir(), 'tinylab-prefix-'));
  execFileSync(process.execPath, [join(root, 'kernels/jupyter/install.mjs'), '--prefix', prefix], { stdio: 'pipe' });
  return prefix;
}

/** One kernel for the tests of a file, started from its installed kernelspec in `folder`. */
export function useKernel({ folder = join(root, 'notebooks') }: { folder?: string | (() => string) } = {}): () => KernelClient {
  let prefix: string;
  let kernel: KernelClient | undefined;
  beforeAll(async () => {
    prefix = installKernel();
    kernel = await KernelClient.start(kernelArgv(prefix), { cwd: typeof folder === 'string' ? folder : folder() });
  });
  afterAll(async () => {
    await kernel?.shutdown();
    rmSync(prefix, { recursive: true, force: true });
  });
  return () => kernel as KernelClient;
}

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Contents of the outputs of one type. */
export const outputs = (answer: Answer, type: string) =>
  answer.outputs.filter(output => output.type === type).map(({ content }) => content);

/** Text of the value that the cell's last expression has. */
export const result = (answer: Answer): string | undefined => outputs(answer, 'execute_result')[0]?.data['text/plain'];

/** Traceback of the cell's error without colours. */
export const traceback = (answer: Answer): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  (outputs(answer, 'error')[0]?.traceback ?? []).join('\n').replace(/\u001b\[\d+m/g, '');

/** The kernel's host object, as a cell reaches it. */
export const host = "(globalThis as any)[Symbol.for('tinylab.kernel')]";
