import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { LabError } from '../../tensor/errors.ts';
import { keepBuilt, takeBuilt, trimBuilt } from './built-files.ts';
import { coreMachines, type McuBoard } from './cores.ts';
import { type ElfFacts, readElf } from './elf.ts';
import { runProcess } from './processes.ts';
import { boardFolder, type McuTools } from './toolchain.ts';

/** A network in C: what is compiled. */
export interface NetworkSource {
  /** Texts by path; the `.c` files among them are compiled, and `network.h` says what board files need to know. */
  readonly files: Readonly<Record<string, string>>;
}

/** How a network is built. */
export interface BuildOptions {
  readonly tools: McuTools;
  /** An empty folder for what is made. */
  readonly folder: string;
  /** Bytes of SRAM that must be left for the stack; default 2048. */
  readonly stackBytes?: number;
  /** Told how many of the files are compiled. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Ends the compiler when it fires. */
  readonly signal?: AbortSignal | undefined;
}

/** A program for a microcontroller. */
export interface McuBuild extends ElfFacts {
  /** The ELF file, in the folder that was given. */
  readonly elf: string;
  /** Files that had to be compiled; 0 when all came out of the cache. */
  readonly compiled: number;
}

/** How everything is compiled; identical functions stay apart, so that steps are counted apart. */
export const compileFlags: readonly string[] = [
  ...['-mthumb', '-std=gnu11', '-O3', '-ffreestanding', '-fno-ipa-icf', '-fwrapv', '-fno-math-errno', '-ffp-contract=off'],
  ...['-ffunction-sections', '-fdata-sections', '-w'],
];

/**
 * Compiles a network with the board's files and links it into the memory of a device. Files that were compiled before come out of the user's cache folder, by
 * a hash of all that they depend on.
 * @throws LabError `mcu/does-not-fit` with the memory and the bytes that are too many; `mcu/compile`; `mcu/device`; the reason of an interrupt.
 */
export async function buildNetwork(source: NetworkSource, board: McuBoard, options: BuildOptions): Promise<McuBuild> {
  const { folder } = options;
  assertBoard(board);
  const own = filesOf(boardFolder());
  const [mine, theirs] = [join(folder, 'board'), join(folder, 'network')];
  write(mine, own);
  write(theirs, source.files);
  const all = { ...own, ...source.files };
  const job = (path: string, text: string): Job => ({ path, text, headers: headersOf(text, all) });
  const jobs = [
    ...sourcesOf(own).map(([name, text]) => job(join(mine, name), text)),
    ...sourcesOf(source.files).map(([name, text]) => job(join(theirs, name), text)),
  ];
  const include = ['-I', theirs, '-I', mine];
  const objects = await compileAll(jobs, {
    ...options,
    args: [...coreMachines[board.core].flags, ...compileFlags, ...include],
    core: board.core,
  });
  const elf = join(folder, 'network.elf');
  await link(
    objects.map(({ path }) => path),
    elf,
    { ...options, board },
  );
  if (objects.some(({ fresh }) => fresh)) trimBuilt();
  return { elf, compiled: objects.filter(({ fresh }) => fresh).length, ...readElf(readFileSync(elf)) };
}

function assertBoard({ name, core, sram, flash }: McuBoard): void {
  const machine = coreMachines[core];
  if (!machine)
    throw new LabError(
      'mcu/device',
      `${name} has a core ${JSON.stringify(core)}.`,
      `Cores that are emulated: ${Object.keys(coreMachines).join(', ')}.`,
    );
  const { flashMost, ramMost } = machine;
  const fits = (bytes: number, most: number): boolean => Number.isSafeInteger(bytes) && bytes >= 4096 && bytes <= most;
  if (!fits(sram, ramMost) || !fits(flash, flashMost + 256))
    throw new LabError(
      'mcu/device',
      `${name} has ${sram} bytes of SRAM and ${flash} of flash.`,
      `The emulated ${core} board has ${ramMost} of SRAM and ${flashMost} of flash; 4096 of each are the least.`,
    );
}

const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter(name => /\.[ch]$/.test(name))
      .map(name => [name, readFileSync(join(folder, name), 'utf8')]),
  );
const sourcesOf = (files: NetworkSource['files']): [name: string, text: string][] =>
  Object.entries(files).filter(([name]) => name.endsWith('.c'));

/** The headers that a text includes, and those that they include, with their texts: what its object depends on. */
function headersOf(text: string, files: NetworkSource['files'], found = new Map<string, string>()): readonly (readonly string[])[] {
  for (const [, name] of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/gm)) {
    const inside = files[name as string];
    if (inside === undefined || found.has(name as string)) continue;
    found.set(name as string, inside);
    headersOf(inside, files, found);
  }
  return [...found];
}

function write(folder: string, files: NetworkSource['files']): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    if (!path.startsWith(`${folder}/`))
      throw new LabError('mcu/source', `A network's file cannot be ${JSON.stringify(name)}.`, 'Name files below the folder.');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

interface Job {
  readonly path: string;
  readonly text: string;
  /** Names and texts. */
  readonly headers: readonly (readonly string[])[];
}

interface CompileOptions extends BuildOptions {
  readonly args: readonly string[];
  readonly core: string;
}

interface Compiled {
  readonly path: string;
  /** Whether it was compiled now. */
  readonly fresh: boolean;
}

/** Compiles some files at a time, the longest first: a long one at the end would be waited for alone. */
async function compileAll(unsorted: readonly Job[], options: CompileOptions): Promise<readonly Compiled[]> {
  const { progress } = options;
  const jobs = unsorted.toSorted((a, b) => b.text.length - a.text.length);
  const made: Compiled[] = new Array(jobs.length);
  let [next, done] = [0, 0];
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const work = async (): Promise<void> => {
    for (let i = next++; i < jobs.length; i = next++) {
      made[i] = await compileOne(jobs[i] as Job, { ...options, signal });
      progress?.(++done, jobs.length);
    }
  };
  progress?.(0, jobs.length);
  // the first that fails ends the others
  const workers = Array.from({ length: Math.min(availableParallelism(), jobs.length) }, () =>
    work().catch(error => {
      failed.abort(error);
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  failed.signal.throwIfAborted();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return made;
}

async function compileOne({ path, text, headers }: Job, { tools, args, core, signal }: CompileOptions): Promise<Compiled> {
  const key = [tools.compiler.version, core, compileFlags, headers, text];
  const name = `${createHash('sha256').update(JSON.stringify(key)).digest('hex')}.o`;
  const object = `${path}.o`;
  if (takeBuilt(name, object)) return { path: object, fresh: false };
  const { code, stderr } = await runProcess(tools.compiler.path, [...args, '-c', path, '-o', object], { signal });
  if (code !== 0) {
    const said = stderr.trim().split('\n').slice(0, 6).join('\n');
    throw new LabError(
      'mcu/compile',
      `${basename(path)} does not compile (${code}).\n${said}`,
      'The C of this network is wrong, or the compiler is.',
    );
  }
  keepBuilt(name, object);
  return { path: object, fresh: true };
}

/** The memory of a device, as kernels/mcu/link.ld asks for it. */
export function linkSymbols({ core, sram, flash }: McuBoard, stackBytes: number): Readonly<Record<string, number>> {
  const { flashOrigin, ramOrigin } = coreMachines[core];
  return { FLASH_ORIGIN: flashOrigin, FLASH_LENGTH: flash - 256, RAM_ORIGIN: ramOrigin, RAM_LENGTH: sram, STACK_LENGTH: stackBytes };
}

interface LinkOptions extends BuildOptions {
  readonly board: McuBoard;
}

async function link(objects: readonly string[], elf: string, { tools, board, stackBytes = 2048, signal }: LinkOptions): Promise<void> {
  const args = [
    ...['-mthumb', ...coreMachines[board.core].flags, '-nostdlib', '-nostartfiles', '-Wl,--gc-sections', '-Wl,--no-warn-rwx-segments'],
    ...Object.entries(linkSymbols(board, stackBytes)).map(([name, value]) => `-Wl,--defsym=${name}=${value}`),
    ...['-T', join(boardFolder(), 'link.ld'), ...objects, '-lgcc', '-o', elf],
  ];
  const { code, stderr } = await runProcess(tools.compiler.path, args, { signal });
  if (code === 0) return;
  const over = [...stderr.matchAll(/region `(FLASH|RAM)' overflowed by (\d+) bytes/g)];
  if (over.length > 0)
    throw doesNotFit(
      board,
      over.map(([, region, bytes]) => ({ region: region as string, bytes: Number(bytes) })),
    );
  const said = stderr.trim().split('\n').slice(0, 6).join('\n');
  throw new LabError('mcu/compile', `The network does not link (${code}).\n${said}`, 'The C of this network is wrong, or the compiler is.');
}

function doesNotFit({ name, sram, flash }: McuBoard, over: readonly { readonly region: string; readonly bytes: number }[]): LabError {
  const parts = over.map(({ region, bytes }) => {
    const [what, has] = region === 'RAM' ? ['SRAM', sram] : ['flash', flash];
    return `${has + bytes} bytes of ${what}, ${bytes} more than its ${has}`;
  });
  return new LabError(
    'mcu/does-not-fit',
    `The network does not fit in ${name}: it needs ${parts.join(', and ')}.`,
    'Take a larger device, a smaller network or input, another plan of the memory, or patches.',
  );
}
