import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '../../model/model.ts';
import { countOf } from '../examples.ts';
import { lowerModel } from '../lower/lower.ts';
import type { Elements, Program } from '../program.ts';
import { runProgram } from '../run.ts';
import { compileFlags, linkSymbols } from './build.ts';
import { coreMachines, type McuBoard } from './cores.ts';
import { mcuDevice } from './devices.ts';
import { exampleBytes, examplesFile, someInputs } from './examples.ts';
import type { McuRunOptions } from './run.ts';
import { sourceFor } from './source.ts';
import { boardFolder } from './toolchain.ts';

/** What the project of a network is made for. */
export type McuProjectOptions = Pick<McuRunOptions, 'device' | 'schedules' | 'plan' | 'weightBits' | 'input' | 'inputs' | 'stackBytes'>;

/**
 * The project of a network for a microcontroller: its C in `network/`, start-up and main in `board/`, a Makefile for `make -j`, and in `inputs` and `expected` the examples
 * that `make run` gives it and the bytes that must come out, those of `runProgram`. Texts and bytes by path.
 * @throws LabError `mcu/device`, `deploy/input`; the errors of `emitC` and `lowerModel`.
 * @example
 * const [x, y] = [{ name: 'x', shape: [1, 24], type: 'int8' }, { name: 'y', shape: [24], type: 'int8' }];
 * const step = { op: 'reshape', inputs: [0], outputs: [1], attributes: {} };
 * const files = deploy.mcuProject({ name: 'net', tensors: [x, y], steps: [step], inputs: [0], outputs: [1] });
 * Object.keys(files).filter(name => name.startsWith('network/network.')); // → ['network/network.h', 'network/network.c']
 */
export function mcuProject(programOrModel: Program | Model, options: McuProjectOptions = {}): Record<string, string | Uint8Array> {
  const { device = 'STM32F746', stackBytes = 2048 } = options;
  const program = 'steps' in programOrModel ? programOrModel : lowerModel(programOrModel);
  const board = typeof device === 'string' ? mcuDevice(device) : device;
  const inputs: readonly Elements[] = someInputs(program, options);
  const count = countOf(program, inputs);
  const { files } = sourceFor(program, board, options);
  const folder = boardFolder();
  const own = readdirSync(folder).filter(name => /\.[ch]$|^link\.ld$/.test(name));
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return {
    ...Object.fromEntries(Object.entries(files).map(([name, content]) => [`network/${name}`, content])),
    ...Object.fromEntries(own.map(name => [`board/${name}`, text(name)])),
    Makefile: text('Makefile'),
    'device.mk': deviceText(board, stackBytes),
    'sources.mk': sourcesText(files),
    inputs: examplesFile(exampleBytes(inputs, count), count),
    expected: exampleBytes(runProgram(program, inputs).outputs, count),
  };
}

/** Which files are compiled: of a network that was written into the same folder before there may be more. */
function sourcesText(files: Readonly<Record<string, string>>): string {
  const names = Object.keys(files).filter(name => name.endsWith('.c'));
  return `NETWORK = \\\n${names.map(name => `  network/${name}`).join(' \\\n')}\n`;
}

/** What the Makefile is told of the device. */
function deviceText(board: McuBoard, stackBytes: number): string {
  const { machine, flags } = coreMachines[board.core];
  const symbols = Object.entries(linkSymbols(board, stackBytes)).map(([name, value]) => `-Wl,--defsym=${name}=${value}`);
  return [
    `# ${board.name.replace(/[^\w .-]/g, '?')}: ${board.sram} bytes of SRAM, ${board.flash} of flash, ${board.clockHz / 1e6} MHz`,
    `MACHINE = ${machine}`,
    `CFLAGS = ${[...flags, ...compileFlags].join(' ')}`,
    `LDFLAGS = ${symbols.join(' ')}`,
    '',
  ].join('\n');
}
