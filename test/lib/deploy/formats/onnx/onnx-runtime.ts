import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Elements } from '../../../../../lib/deploy/program.ts';
import { installedPython } from '../../../../../scripts/bench/peers.mjs';

/** ONNX and its runtime, as PyPI has them. */
export const requirements: readonly string[] = ['onnx==1.23.2', 'onnxruntime==1.31.1', 'numpy==2.3.5'];

/** The interpreter that has them, where they are installed (`npm run bench onnx` does it). */
export const python: string | undefined = installedPython(requirements);

/** One file and the elements of its inputs, for any number of examples. */
export interface Job {
  readonly model: Uint8Array;
  readonly inputs: readonly Elements[];
  /** How many outputs there are. */
  readonly outputs: number;
  /** Default `ORT_ENABLE_ALL`. */
  readonly level?: 'ORT_DISABLE_ALL' | 'ORT_ENABLE_ALL';
}

/** The raw bytes of the outputs of each job; every file passes onnx.checker first. */
export function runOnnx(jobs: readonly Job[]): readonly (readonly Uint8Array[])[] {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-onnx-'));
  try {
    const listed = jobs.map(({ model, inputs, outputs, level }, j) => {
      const path = (name: string): string => join(folder, `${j}-${name}`);
      writeFileSync(path('model.onnx'), model);
      for (const [i, { buffer, byteOffset, byteLength }] of inputs.entries())
        writeFileSync(path(`in-${i}`), new Uint8Array(buffer, byteOffset, byteLength));
      return {
        model: path('model.onnx'),
        inputs: inputs.map((elements, i) => [path(`in-${i}`), elements.constructor.name.replace('Array', '').toLowerCase()]),
        outputs: Array.from({ length: outputs }, (_, i) => path(`out-${i}`)),
        level,
      };
    });
    const script = join(import.meta.dirname, 'run_onnx.py');
    const { status, stderr } = spawnSync(python as string, [script], { input: JSON.stringify(listed), encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return listed.map(({ outputs }) => outputs.map(file => new Uint8Array(readFileSync(file))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
