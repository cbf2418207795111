import { statSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../tensor/errors.ts';
import { buildNetwork, type McuBuild, type NetworkSource } from './build.ts';
import type { McuBoard } from './cores.ts';
import { examplesFile } from './examples.ts';
import { inTemporaryFolder } from './processes.ts';
import { type Emulated, emulate } from './qemu.ts';
import { currentMcuReporter, type McuReporter } from './report.ts';
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
  /** Bytes of the outputs of one example: with them it is told how many examples have run. */
  readonly outputBytes?: number | undefined;
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
  const reporter = progress ? { building: progress } : currentMcuReporter();
  return inTemporaryFolder(async folder => {
    const building = { progress: reporter.building?.bind(reporter), ...(stackBytes !== undefined && { stackBytes }) };
    const build = await buildNetwork(source, board, { tools, folder, signal, ...building });
    const running = { inputs: examplesFile(inputs, count), tools, folder, board, signal, ...(deadlineMs !== undefined && { deadlineMs }) };
    const watched = watchOutputs(folder, reporter, options);
    try {
      const run = await emulate(build, running);
      reporter.running?.(count, count);
      return { ...run, build };
    } finally {
      clearInterval(watched);
    }
  }).finally(() => reporter.end?.());
}

/** Tells now and then how many examples have written their outputs. */
function watchOutputs(folder: string, reporter: McuReporter, { count, outputBytes }: NetworkRunOptions): NodeJS.Timeout | undefined {
  if (!reporter.running || !outputBytes) return undefined;
  reporter.running(0, count);
  const look = (): void => {
    const bytes = statSync(join(folder, 'outputs'), { throwIfNoEntry: false })?.size ?? 0;
    reporter.running?.(Math.min(count, Math.floor(bytes / outputBytes)), count);
  };
  return setInterval(look, 200).unref();
}

/** Whole numbers of bytes and milliseconds, within what a device and a timer have. */
function assertNumbers(numbers: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value < 2 ** 31)) continue;
    throw new LabError('mcu/options', `${name} is a whole number from 1 on; got ${value}.`, `Leave ${name} out for what it is by default.`);
  }
}
