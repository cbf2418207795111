import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Elements } from '../../../../../lib/deploy/program.ts';
import { installedPython } from '../../../../../scripts/bench/peers.mjs';
import { bytesOf } from './networks.ts';

/** The runtime that others deploy .tflite files with. */
export const litertPackages: readonly string[] = ['ai-edge-litert==2.3.0', 'numpy==2.3.5'];

/** A file with inputs of `count` examples, one after the other. */
export interface LitertCase {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Elements[];
  readonly count: number;
  readonly kernels: 'reference' | 'default';
}

/** The outputs of a case as bytes, all examples one after the other, or why LiteRT refuses it. */
export type LitertResult = { readonly bytes: Uint8Array } | { readonly error: string };

/** Whether it is installed: `npm run bench` does that, or peersPython of scripts/bench/peers.mjs with these packages. */
export const thereIsLitert: boolean = installedPython(litertPackages) !== undefined;

/** Runs all cases in one process. @throws Error where LiteRT aborts, with the case that it was at. */
export function runLitert(cases: readonly LitertCase[]): readonly LitertResult[] {
  const python = installedPython(litertPackages) as string;
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-litert-'));
  try {
    const listed = cases.map(({ bytes, inputs, count, kernels }, i) => {
      writeFileSync(join(folder, `${i}.tflite`), bytes);
      for (const [k, input] of inputs.entries()) writeFileSync(join(folder, `${i}.in.${k}`), bytesOf(input));
      return { file: `${i}.tflite`, inputs: inputs.map((_, k) => `${i}.in.${k}`), count, kernels };
    });
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(listed));
    const script = join(import.meta.dirname, 'litert.py');
    const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    const results = join(folder, 'results.json');
    if (status !== 0 || !existsSync(results))
      throw new Error(`LiteRT stopped at case ${stdout.trim().split('\n').at(-1)}: ${stderr.slice(-2000)}`);
    return (JSON.parse(readFileSync(results, 'utf8')) as (string | null)[]).map((error, i) =>
      error === null ? { bytes: new Uint8Array(readFileSync(join(folder, `${i}.out`))) } : { error },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
