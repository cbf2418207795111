import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zerosOf } from '../../../../lib/deploy/element-types.ts';
import type { McuSource } from '../../../../lib/deploy/emit-c/emit-c.ts';
import type { Elements, Program } from '../../../../lib/deploy/program.ts';
import { sizeOf } from '../../../../lib/tensor/shape.ts';

/** Whether the machine has a C compiler to try emitted C with. */
export const hasCompiler: boolean = spawnSync('gcc', ['--version']).status === 0;

/** Reads examples until they end; the arena is poisoned before each, so that a step that reads what nothing wrote is seen. All files as one are quicker. */
const mainOf = (sources: readonly string[]): string => `${sources.map(name => `#include "${name}"\n`).join('')}
#include <stdio.h>
#include <string.h>

int main(void) {
  for (;;) {
    memset(network_arena, 0xA5, sizeof network_arena);
    for (int i = 0; i < NETWORK_INPUTS; i++)
      if (fread(network_input(i), 1, network_input_bytes[i], stdin) != network_input_bytes[i]) return 0;
    network_run();
    for (int i = 0; i < NETWORK_OUTPUTS; i++) fwrite(network_output(i), 1, network_output_bytes[i], stdout);
  }
}
`;

/** Errors in arithmetic and in places of memory end the program. */
const sanitized = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** What runs. */
interface HostRun {
  readonly source: Pick<McuSource, 'files'>;
  readonly examples: readonly (readonly Elements[])[];
  readonly flags?: readonly string[];
}

/** The outputs of emitted C for each example, compiled by the machine's own compiler. */
export function runOnHost(program: Program, { source, examples, flags = sanitized }: HostRun): readonly (readonly Elements[])[] {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-emit-c-'));
  try {
    for (const [name, text] of Object.entries(source.files)) writeFileSync(join(folder, name), text);
    const sources = Object.keys(source.files).filter(name => name.endsWith('.c'));
    writeFileSync(join(folder, 'main.c'), mainOf(sources));
    const binary = join(folder, 'main');
    const compiled = spawnSync('gcc', ['-std=gnu11', '-Wall', '-Wextra', '-Werror', ...flags, '-o', binary, join(folder, 'main.c')]);
    if (compiled.status !== 0) throw new Error(`gcc: ${compiled.stderr.toString().slice(0, 3000)}`);
    const input = Buffer.concat(
      examples.flat().map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
    );
    const ran = spawnSync(binary, { input, maxBuffer: 2 ** 28 });
    if (ran.status !== 0) throw new Error(`the program: ${ran.stderr.toString().slice(0, 3000)}`);
    return split(program, ran.stdout, examples.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The outputs of each example. */
function split({ tensors, outputs }: Program, bytes: Buffer, count: number): readonly (readonly Elements[])[] {
  let at = 0;
  const all = Array.from({ length: count }, () =>
    outputs.map(index => {
      const { type, shape } = tensors[index] as Program['tensors'][number];
      const elements = zerosOf(type, sizeOf(shape));
      new Uint8Array(elements.buffer).set(bytes.subarray(at, at + elements.byteLength));
      at += elements.byteLength;
      return elements;
    }),
  );
  if (at !== bytes.length) throw new Error(`expected ${at} bytes of outputs, got ${bytes.length}`);
  return all;
}
