import { LabError } from '../../tensor/errors.ts';
import { buildNetwork, type McuBuild, type NetworkSource } from './build.ts';
import type { McuBoard } from './cores.ts';
import { examplesFile } from './examples.ts';
import { inTemporaryFolder } from './processes.ts';
import { type Emulated, emulate } from './qemu.ts';
import { type McuTools, mcuTools } from './toolchain.ts';

/** What a network in C is run on. */
export interface NetworkRunOptions {
  /** The inputs of each example, one example after the other, as bytes. */
  readonly inputs: Uint8Array;
  /** How many examples these are. */
  readonly count: number;
  /** Bytes of SRAM that must be left for the stack; default 2048. */
  readonly stackBytes?: number | undefined;
  /** Ends the emulator after so many milliseconds; default 60,000. */
  readonly deadlineMs?: number | undefined;
  /** Ends compiler and emulator when it fires. */
  readonly signal?: AbortSignal | undefined;
  /** Told how many files are compiled. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Whether instructions are counted by function, where that is possible; true by default. */
  readonly countFunctions?: boolean | undefined;
}

/** A network that was built and ran. */
export interface NetworkRun extends Emulated {
  readonly build: McuBuild;
}

/**
 * Builds a network in C for a device and runs it there, emulated, on all examples in one go. What is made on the way lies in a temporary folder that goes away again.
 * @throws LabError `mcu/tool-missing`, `mcu/does-not-fit`, `mcu/compile`, `mcu/device`, `mcu/options`, `mcu/fault`, `mcu/endless`, `mcu/emulator`; the reason of an interrupt.
 */
export async function runNetwork(source: NetworkSource, board: McuBoard, options: NetworkRunOptions): Promise<NetworkRun> {
  const { inputs, count, signal, progress, deadlineMs, stackBytes, countFunctions = true } = options;
  assertNumbers({ stackBytes, deadlineMs });
  const all = await mcuTools();
  const { counter, ...bare } = all;
  const tools: McuTools = countFunctions ? all : bare;
  return inTemporaryFolder(async folder => {
    const build = await buildNetwork(source, board, { tools, folder, signal, progress, ...(stackBytes !== undefined && { stackBytes }) });
    const run = await emulate(build, {
      inputs: examplesFile(inputs, count),
      tools,
      folder,
      board,
      signal,
      ...(deadlineMs !== undefined && { deadlineMs }),
    });
    return { ...run, build };
  });
}

/** Whole numbers of bytes and milliseconds, within what a device and a timer have. */
function assertNumbers(numbers: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value < 2 ** 31)) continue;
    throw new LabError('mcu/options', `${name} is a whole number from 1 on; got ${value}.`, `Leave ${name} out for what it is by default.`);
  }
}
