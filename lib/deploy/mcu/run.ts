import type { Model } from '../../model/model.ts';
import { LabError } from '../../tensor/errors.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { zerosOf } from '../element-types.ts';
import type { McuStep } from '../emit-c/emit-c.ts';
import { countOf } from '../examples.ts';
import { inspectProgram } from '../inspect-program.ts';
import { lowerModel } from '../lower/lower.ts';
import type { Elements, Program, ProgramTensor } from '../program.ts';
import { coreMachines, type McuBoard } from './cores.ts';
import { mcuDevice } from './devices.ts';
import { exampleBytes, outputsOf, someInputs } from './examples.ts';
import { type NetworkRun, runNetwork } from './network.ts';
import type { McuCounts } from './qemu.ts';
import { type SourceOptions, sourceFor } from './source.ts';
import { explained } from './too-large.ts';

/** On what a program runs, and how it is compiled. */
export interface McuRunOptions extends SourceOptions {
  /** A device by name, or one of your own; default `STM32F746`. */
  readonly device?: string | McuBoard;
  /** The stored integers of the input of a program that has one: one example or several. Without it and `inputs`, one example of zeros runs. */
  readonly input?: Elements;
  /** Those of each input. */
  readonly inputs?: readonly Elements[];
  /** Bytes of SRAM that must be left for the stack; default 2048. */
  readonly stackBytes?: number;
  /** How long the emulator may run, in milliseconds; default 60,000. */
  readonly deadlineMs?: number;
  /** Ends compiler and emulator when it fires; a notebook's interrupt does so in any case. */
  readonly signal?: AbortSignal;
  /** Told how many of the files are compiled. Default: what `setMcuReporter` put in force; a notebook shows bars for what takes more than a second. */
  readonly progress?: (done: number, total: number) => void;
}

/** What one step of a program took on the microcontroller, for one example: the mean over the examples. */
export interface McuLayer {
  /** The number of the step. */
  readonly step: number;
  readonly op: string;
  /** Name of the tensor that it writes. */
  readonly name: string;
  /** What wrote its C. */
  readonly kernel: string;
  /** Bits of a stored weight, where its kernel has a choice. */
  readonly weightBits?: 4 | 8 | 16;
  readonly instructions: number;
  /** Multiply-accumulates. */
  readonly macs: number;
  /** Instructions for each of them; NaN for a step that has none. */
  readonly perMac: number;
}

/** What a program computed on an emulated microcontroller, and what it took. Counts are for one example: the mean over those that ran. */
export interface McuRun {
  readonly device: McuBoard;
  /** QEMU's name of the board that was emulated. */
  readonly machine: string;
  /** Stored integers, as `runProgram` gives them. */
  readonly outputs: readonly Elements[];
  /** How many examples ran. */
  readonly count: number;
  /** Instructions that were executed; QEMU knows no cycles. */
  readonly instructions: number;
  /** Instructions for each multiply-accumulate of the program. */
  readonly perMac: number;
  /** By step; empty where instructions are counted by the clock. */
  readonly layers: readonly McuLayer[];
  /** By function of the C, whichever step it ran for; empty where instructions are counted by the clock. */
  readonly functions: Readonly<Record<string, McuCounts>>;
  /** `function`: exactly, by the emulator's plugin. `clock`: to the nearest 40 instructions, for the network as a whole, where set-up could not build the plugin. */
  readonly countedBy: 'function' | 'clock';
  /** Bytes of code and constants, in flash. */
  readonly text: number;
  /** Bytes of variables that begin with values. */
  readonly data: number;
  /** Bytes of the other variables, the arena among them. */
  readonly bss: number;
  /** Bytes of the arena. */
  readonly arenaBytes: number;
  /** The most bytes of stack that were in use. */
  readonly stackBytes: number;
  /** Bytes of SRAM: variables and stack. */
  readonly sram: number;
  /** Bytes of flash: code, constants, and what variables begin with. */
  readonly flash: number;
  /** Milliseconds for an example, modelled and not measured: instructions · cycles for each (a figure of the core) / clock. */
  readonly milliseconds: number;
}

/**
 * Compiles a program (or a quantized model, which is lowered first) for a microcontroller, runs it there on all examples, emulated by QEMU, and counts. It
 * computes the bytes of `runProgram`. What was compiled before comes out of the user's cache folder.
 * @throws LabError `mcu/does-not-fit` with the memory, the bytes and the step of the peak; `mcu/tool-missing` with the one command to install; `mcu/device`, `mcu/options`, `mcu/compile`, `mcu/fault`,
 * `mcu/endless`, `mcu/emulator`; `deploy/input`; the errors of `emitC` and `lowerModel`; the reason of an interrupt.
 */
export async function runOnMcu(programOrModel: Program | Model, options: McuRunOptions = {}): Promise<McuRun> {
  const { device = 'STM32F746', schedules: _, plan: __, weightBits: ___, ...running } = options;
  const program = 'steps' in programOrModel ? programOrModel : lowerModel(programOrModel);
  const board = typeof device === 'string' ? mcuDevice(device) : device;
  const given = someInputs(program, options);
  const count = countOf(program, given);
  const source = sourceFor(program, board, options);
  const wanted = { program, source, board, stackBytes: options.stackBytes ?? 2048, plan: options.plan };
  const asked = { ...running, inputs: exampleBytes(given, count), count, outputBytes: outputBytesOf(program) };
  const run = await runNetwork(source, board, asked).catch(error => {
    throw error instanceof LabError && error.code === 'mcu/does-not-fit' ? explained(error, wanted) : error;
  });
  return factsOf(run, { program, board, count, steps: source.steps, arenaBytes: source.arenaBytes });
}

const outputBytesOf = ({ tensors, outputs }: Program): number =>
  outputs.reduce(
    (sum, index) =>
      sum + sizeOf((tensors[index] as ProgramTensor).shape) * zerosOf((tensors[index] as ProgramTensor).type, 1).BYTES_PER_ELEMENT,
    0,
  );

interface Ran {
  readonly program: Program;
  readonly board: McuBoard;
  readonly count: number;
  readonly steps: readonly McuStep[];
  readonly arenaBytes: number;
}

function factsOf(run: NetworkRun, ran: Ran): McuRun {
  const { build, stackBytes, functions = [] } = run;
  const { program, board, count } = ran;
  const { machine, cyclesPerInstruction } = coreMachines[board.core];
  const instructions = run.instructions / count;
  return {
    device: board,
    machine,
    outputs: outputsOf(program, run.outputs, count),
    count,
    instructions,
    perMac: instructions / inspectProgram(program).macs,
    layers: layersOf(run, ran),
    functions: byFunction(functions, count),
    countedBy: run.functions ? 'function' : 'clock',
    text: build.text,
    data: build.data,
    bss: build.bss,
    arenaBytes: ran.arenaBytes,
    stackBytes,
    sram: build.data + build.bss + stackBytes,
    flash: build.text + build.data,
    milliseconds: ((instructions * cyclesPerInstruction) / board.clockHz) * 1000,
  };
}

function layersOf({ functions }: NetworkRun, { program, count, steps }: Ran): McuLayer[] {
  if (!functions) return [];
  const taken = new Map<string, number>();
  // the compiler may make a variant of a function: step_03_conv2d.constprop.0
  for (const { step, instructions } of functions) {
    const name = step.split('.')[0] as string;
    taken.set(name, (taken.get(name) ?? 0) + instructions);
  }
  const facts = inspectProgram(program).steps;
  return steps.map(({ number, op, function: name, kernel, weightBits }) => {
    const instructions = (taken.get(name) ?? 0) / count;
    const { macs, name: output } = facts[number] as (typeof facts)[number];
    const perMac = macs > 0 ? instructions / macs : NaN;
    return { step: number, op, name: output, kernel, ...(weightBits && { weightBits }), instructions, macs, perMac };
  });
}

function byFunction(functions: NonNullable<NetworkRun['functions']>, count: number): Record<string, McuCounts> {
  const all: Record<string, McuCounts> = {};
  for (const { name, step: _, ...counts } of functions) {
    const before = all[name] ?? { instructions: 0, loads: 0, stores: 0, products: 0, branches: 0 };
    all[name] = Object.fromEntries(
      Object.entries(counts).map(([kind, value]) => [kind, before[kind as keyof McuCounts] + value / count]),
    ) as unknown as McuCounts;
  }
  return all;
}
