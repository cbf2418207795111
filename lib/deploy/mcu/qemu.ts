import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../tensor/errors.ts';
import type { McuBuild } from './build.ts';
import { coreMachines, type McuBoard } from './cores.ts';
import { faultError } from './faults.ts';
import { type ProcessResult, runProcess } from './processes.ts';
import type { McuTools } from './toolchain.ts';

/** Counts of what a processor executed. */
export interface McuCounts {
  readonly instructions: number;
  /** Instructions that read memory. */
  readonly loads: number;
  /** Instructions that write memory. */
  readonly stores: number;
  /** Products: two of an SMLAD, as many as lanes of an MVE instruction. */
  readonly products: number;
  /** Jumps, taken or not. */
  readonly branches: number;
}

/** What was counted for one function while one part of the network ran. */
export interface CountedFunction extends McuCounts {
  /** `step_NN…`, or `network_run` for what stands between the steps. */
  readonly step: string;
  readonly name: string;
}

/** How a program runs on the emulated board. */
export interface EmulateOptions {
  /** What the program reads, see `examplesFile`. */
  readonly inputs: Uint8Array;
  readonly tools: McuTools;
  /** A folder of its own: files go in and out there. */
  readonly folder: string;
  readonly board: McuBoard;
  /** Ends the emulator after so many milliseconds; default 60,000. */
  readonly deadlineMs?: number;
  /** Ends the emulator when it fires. */
  readonly signal?: AbortSignal | undefined;
}

/** What came out of a run of some examples. */
export interface Emulated {
  /** The outputs of each example, one after the other. */
  readonly outputs: Uint8Array;
  /** The most bytes of stack that were in use. */
  readonly stackBytes: number;
  /** Instructions of the network for all examples together. With the clock alone: to the nearest 40 or so. */
  readonly instructions: number;
  /** Those of the network. Absent without the plugin that counts. */
  readonly functions?: readonly CountedFunction[];
}

/**
 * Runs a program on QEMU's board, once, on all examples.
 * @throws LabError `mcu/fault` for what the processor refuses, `mcu/endless`, `mcu/emulator`; the reason of an interrupt.
 */
export async function emulate(build: McuBuild, options: EmulateOptions): Promise<Emulated> {
  const { inputs, tools, folder, board, deadlineMs = 60_000, signal } = options;
  writeFileSync(join(folder, 'inputs'), inputs);
  const { machine, instructionsPerTick } = coreMachines[board.core];
  const counting = tools.counter ? ['-plugin', `${tools.counter},to=counts`] : ['-icount', 'shift=0'];
  const quiet = ['-nodefaults', '-display', 'none', '-serial', 'none', '-monitor', 'none', '-net', 'none'];
  const args = ['-M', machine, ...quiet, '-semihosting-config', 'enable=on,target=native', '-kernel', build.elf, ...counting];
  const late = (): LabError =>
    new LabError(
      'mcu/endless',
      `The network still ran on ${board.name} after ${deadlineMs / 1000} s.`,
      'Give fewer examples, or a longer deadlineMs.',
    );
  const result = await runProcess(tools.emulator.path, args, { cwd: folder, deadline: { milliseconds: deadlineMs, late }, signal });
  if (result.code !== 0) throw endError(result, { build, folder, board });
  const measured = viewOf(readFileSync(join(folder, 'measured')));
  const functions = tools.counter ? countsOf(readFileSync(join(folder, 'counts'), 'utf8')) : undefined;
  const inNetwork = functions?.reduce((sum, { instructions }) => sum + instructions, 0);
  return {
    outputs: readFileSync(join(folder, 'outputs')),
    stackBytes: measured.getUint32(0, true),
    instructions: inNetwork ?? Math.round(Number(measured.getBigUint64(8, true)) * instructionsPerTick),
    ...(functions && { functions }),
  };
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function countsOf(text: string): CountedFunction[] {
  return text.split('\n').flatMap(line => {
    const [step, name, ...numbers] = line.split(' ');
    const [instructions, loads, stores, products, branches] = numbers.map(Number);
    // '-' stands for what the board does around the network
    if (step === undefined || step === '-' || name === undefined || branches === undefined) return [];
    return [{ step, name, instructions, loads, stores, products, branches } as CountedFunction];
  });
}

/** Exit codes of kernels/mcu, see board.h. */
const [noFile, shortFile] = [5, 6];

function endError(
  { code, stderr }: ProcessResult,
  { build, folder, board }: { readonly build: McuBuild; readonly folder: string; readonly board: McuBoard },
): LabError {
  if (code === 3 || code === 4 || /Lockup/.test(stderr)) return faultError(join(folder, 'fault'), { build, board, outOfStack: code === 4 });
  if (code === noFile || code === shortFile)
    return new LabError(
      'mcu/emulator',
      `The program on ${board.name} could not ${code === noFile ? 'open' : 'read or write'} its files in ${folder}.`,
      'Is the disk full? The inputs must have the lengths that the network says.',
    );
  const said = stderr
    .trim()
    .split('\n')
    .filter(line => !/warning/.test(line))
    .slice(0, 4)
    .join('\n');
  return new LabError('mcu/emulator', `The emulator ended with ${code}.\n${said}`, 'npx tinylab doctor says whether QEMU runs here.');
}
