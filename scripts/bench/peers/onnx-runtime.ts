import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Elements } from '../../../lib/deploy/program.ts';
import { installedPython } from '../peers.mjs';

/** ONNX and its runtime, as PyPI has them. */
export const requirements: readonly string[] = ['onnx==1.23.2', 'onnxruntime==1.31.1', 'numpy==2.3.5'];

/** The interpreter that has them, where they are installed (`npm run bench -- onnx --peers` does it). */
export const python: string | undefined = installedPython(requirements);

/** One file and the elements of its inputs, for any number of examples. */
export interface Job {
  readonly model: Uint8Array;
  readonly inputs: readonly Elements[];
  /** How many outputs there are. */
  readonly outputs: number;
  /** Default `ORT_ENABLE_ALL`. */
  readonly level?: 'ORT_DISABLE_ALL' | 'ORT_ENABLE_ALL';
  /** Default 1. */
  readonly threads?: number;
  /** How often it runs, for the clock; default once. */
  readonly rounds?: number;
}

/** What a job gave. */
export interface Ran {
  /** The raw bytes of each output. */
  readonly outputs: readonly Uint8Array[];
  /** Milliseconds of each round. */
  readonly ms: readonly number[];
}

/** Runs each job; every file passes onnx.checker first. */
export function runOnnx(jobs: readonly Job[]): readonly Ran[] {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-onnx-'));
  try {
    const listed = jobs.map(({ model, inputs, outputs, ...rest }, j) => {
      const path = (name: string): string => join(folder, `${j}-${name}`);
      writeFileSync(path('model.onnx'), model);
      for (const [i, { buffer, byteOffset, byteLength }] of inputs.entries())
        writeFileSync(path(`in-${i}`), new Uint8Array(buffer, byteOffset, byteLength));
      return {
        model: path('model.onnx'),
        inputs: inputs.map((elements, i) => [path(`in-${i}`), elements.constructor.name.replace('Array', '').toLowerCase()]),
        outputs: Array.from({ length: outputs }, (_, i) => path(`out-${i}`)),
        ...rest,
      };
    });
    const script = join(import.meta.dirname, 'onnx_runtime.py');
    const { status, stderr, stdout } = spawnSync(python as string, [script], { input: JSON.stringify(listed), encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const times = JSON.parse(stdout) as number[][];
    return listed.map(({ outputs }, j) => ({ outputs: outputs.map(file => new Uint8Array(readFileSync(file))), ms: times[j] as number[] }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
