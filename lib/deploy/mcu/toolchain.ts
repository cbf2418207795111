import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { LabError } from '../../tensor/errors.ts';
import { runProcess } from './processes.ts';

/** A program of this machine. */
export interface McuTool {
  readonly path: string;
  /** The first line that it prints about itself. */
  readonly version: string;
}

/** What compiles for microcontrollers and runs what was compiled. */
export interface McuTools {
  readonly compiler: McuTool;
  readonly emulator: McuTool;
  /** The emulator's plugin that counts instructions by function; absent where set-up could not build it. */
  readonly counter?: string;
}

/** What each tool is: the program, and the Debian package that has it. */
const programs = {
  compiler: { name: 'arm-none-eabi-gcc', package: 'gcc-arm-none-eabi' },
  emulator: { name: 'qemu-system-arm', package: 'qemu-system-arm' },
} as const;

/** The one command that installs all of them. */
function installCommand(): string {
  if (process.platform === 'darwin') return 'brew install arm-none-eabi-gcc qemu';
  const packages = Object.values(programs).map(program => program.package);
  return `${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Finds the compiler and the emulator on this machine's PATH. Set-up installs both where it may; nothing else of the library needs them.
 * @throws LabError `mcu/tool-missing` with the one command that installs them.
 */
export async function mcuTools(): Promise<McuTools> {
  const [compiler, emulator] = await Promise.all([found('compiler'), found('emulator')]);
  const counter = join(boardFolder(), 'dist/count.so');
  return { compiler, emulator, ...(existsSync(counter) && { counter }) };
}

const versions = new Map<string, Promise<string>>();

async function found(kind: keyof typeof programs): Promise<McuTool> {
  const { name } = programs[kind];
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => folder !== '')
    .map(folder => join(folder, name))
    .find(executable);
  if (path === undefined) throw missing(name, 'is not on the PATH of this machine');
  const { mtimeMs, size } = statSync(path);
  const key = [path, mtimeMs, size].join();
  let version = versions.get(key);
  if (version === undefined) {
    version = versionOf(path);
    versions.set(key, version);
    version.catch(() => versions.delete(key));
  }
  return { path, version: await version };
}

async function versionOf(path: string): Promise<string> {
  const late = (): LabError => missing(path, 'does not answer within 20 seconds');
  const { code, stdout } = await runProcess(path, ['--version'], { deadline: { milliseconds: 20_000, late } }).catch(error => {
    throw error?.syscall ? missing(path, `does not start (${error.code})`) : error;
  });
  if (code !== 0) throw missing(path, `does not run (it ended with ${code})`);
  return stdout.trim().split('\n')[0] ?? '';
}

const missing = (name: string, what: string): LabError =>
  new LabError(
    'mcu/tool-missing',
    `Compiling for a microcontroller and running there needs ${name}, which ${what}.`,
    `Install both tools: ${installCommand()}`,
  );

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The folder `kernels/mcu`: start-up code, memory map, main. It lies above the library, in the project as in a student's copy.
 * @throws LabError `mcu/board-missing` when there is none.
 */
export function boardFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'kernels/mcu/link.ld'))) return join(folder, 'kernels/mcu');
  }
  throw new LabError(
    'mcu/board-missing',
    `No folder "kernels/mcu" lies above ${import.meta.dirname}.`,
    'Restore it from the project: networks for microcontrollers are linked with its files.',
  );
}
