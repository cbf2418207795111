import { spawnSync } from 'node:child_process';
import { type EmitOptions, emitC, type McuSource } from '../../../../../lib/deploy/emit-c/emit-c.ts';
import type { McuCore } from '../../../../../lib/deploy/mcu/cores.ts';
import { type NetworkRun, runNetwork } from '../../../../../lib/deploy/mcu/network.ts';
import type { Program } from '../../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { sizeOf } from '../../../../../lib/tensor/shape.ts';
import { numbersFrom } from './layers.ts';

/** Whether the machine has what builds and runs C for microcontrollers. */
export const hasMcuTools: boolean = ['arm-none-eabi-gcc', 'qemu-system-arm'].every(name => spawnSync(name, ['--version']).status === 0);

/** Random int8 inputs of a program. */
export function inputsOf({ tensors, inputs }: Program, seed: number): readonly Int8Array[] {
  const random = numbersFrom(seed);
  return inputs.map(index =>
    Int8Array.from({ length: sizeOf((tensors[index] as Program['tensors'][number]).shape) }, () => Math.floor(random() * 256) - 128),
  );
}

const bytesOfAll = (arrays: readonly ArrayBufferView[]): Buffer =>
  Buffer.concat(arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)));

/** What a program of int8 gave on an emulated microcontroller, and should have given. */
export interface OnMcu {
  readonly source: McuSource;
  readonly run: NetworkRun;
  readonly got: Buffer;
  readonly expected: Buffer;
}

/** Runs a program on a board with much memory, on one example, of chance or of one value. */
export async function onMcu(program: Program, core: McuCore, options: EmitOptions & { readonly value?: number } = {}): Promise<OnMcu> {
  const { value } = options;
  const inputs = inputsOf(program, 7).map(input => (value === undefined ? input : input.fill(value)));
  const source = emitC(program, { ...options, core });
  const board = { name: 'a large board', core, sram: 2 ** 21, flash: 2 ** 21, clockHz: 1e8 };
  const run = await runNetwork(source, board, { inputs: bytesOfAll(inputs), count: 1 });
  return { source, run, got: Buffer.from(run.outputs), expected: bytesOfAll(runProgram(program, inputs).outputs) };
}
