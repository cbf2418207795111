import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A program that a question needs, as this machine has it. */
export interface FoundTool {
  /** As the question names it. */
  readonly name: string;
  /** What the program says of its version; undefined where it is missing. */
  readonly version?: string;
  /** Where it is missing: why it is taken to be. */
  readonly why?: string;
  /** Where it is missing: how to get it. */
  readonly get?: string;
}

/** How a tool is asked for its version. The first command that is there and ends well has it. */
interface Asked {
  readonly commands: () => readonly string[];
  readonly args: readonly string[];
  /** How to get it. */
  readonly get: string;
}

/** Python in the project's own environment, where the library lies in a project that was set up; else the one of this machine. */
function pythons(): string[] {
  const found: string[] = [];
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const own = join(folder, '.tinylab/python/bin/python');
    if (existsSync(own)) found.push(own);
  }
  return [...found, 'python3'];
}

/** Prints the version of the module that is the first argument, by the distribution that is the second; fails where there is none. */
const versionOfModule = `import sys, importlib.util, importlib.metadata as metadata
module, distribution = sys.argv[1:]
if importlib.util.find_spec(module) is None: sys.exit("this Python has no module " + module)
try: print(distribution, metadata.version(distribution))
except metadata.PackageNotFoundError: print(module, "of unknown version")`;

/** A module of Python. It is looked for and not imported, which may take seconds. */
const pythonModule = (name: string, distribution: string): Asked => ({
  commands: pythons,
  args: ['-c', versionOfModule, name, distribution],
  get: `Install it into a Python: pip install ${distribution}`,
});

const program = (name: string, get: string): Asked => ({ commands: () => [name], args: ['--version'], get });

/** Tools that are asked otherwise than by `NAME --version`, or that have another name where they are installed from. */
const known: Readonly<Record<string, Asked>> = {
  'qemu-system-arm': program('qemu-system-arm', 'Install QEMU for ARM: apt install qemu-system-arm, or brew install qemu.'),
  'arm-none-eabi-gcc': program(
    'arm-none-eabi-gcc',
    'Install the GNU toolchain for ARM: apt install gcc-arm-none-eabi, or brew install --cask gcc-arm-embedded.',
  ),
  ai_edge_litert: pythonModule('ai_edge_litert', 'ai-edge-litert'),
  torch: pythonModule('torch', 'torch'),
};

const asking = (name: string): Asked =>
  Object.hasOwn(known, name) ? (known[name] as Asked) : program(name, `Install ${name}, so that a terminal answers to: ${name} --version.`);

/** What a tool may be called: the name of a command or of a module, never a path or an option. */
export const isToolName = (name: string): boolean => /^[A-Za-z0-9][\w.+-]{0,63}$/.test(name);

const found = new Map<string, Promise<FoundTool>>();

/** Finds tools on this machine, each once for the life of the process, so that a version cannot change between two questions. */
export function findTools(names: readonly string[]): Promise<FoundTool[]> {
  return Promise.all(
    names.map(name => {
      const known = found.get(name) ?? find(name);
      found.set(name, known);
      return known;
    }),
  );
}

/** Lets tools that were missing be looked for again: a notebook lives on while one is installed. */
export async function forgetMissingTools(): Promise<void> {
  for (const [name, tool] of found) if ((await tool).version === undefined) found.delete(name);
}

/** The tools of these names that this machine lacks. */
export async function missingTools(names: readonly string[]): Promise<FoundTool[]> {
  return (await findTools(names)).filter(({ version }) => version === undefined);
}

async function find(name: string): Promise<FoundTool> {
  const { commands, args, get } = asking(name);
  let why = '';
  for (const command of commands()) {
    const answer = await ask(command, args);
    if ('version' in answer) return { name, version: answer.version };
    why = answer.why;
  }
  return { name, why, get };
}

const patienceMs = 20_000;

function ask(command: string, args: readonly string[]): Promise<{ version: string } | { why: string }> {
  const { promise, resolve } = Promise.withResolvers<{ version: string } | { why: string }>();
  const options = { timeout: patienceMs, killSignal: 'SIGKILL', maxBuffer: 2 ** 20, windowsHide: true } as const;
  const child = execFile(command, [...args], options, (error, stdout, stderr) => {
    const line = firstLine(stdout) ?? firstLine(stderr);
    if (!error) resolve({ version: line ?? 'no version told' });
    else if (error.code === 'ENOENT') resolve({ why: `${command} is not on the PATH` });
    else if (error.killed) resolve({ why: `${command} did not tell its version in ${patienceMs / 1000} s` });
    else resolve({ why: firstLine(stderr) ?? `${command} ended with ${error.code ?? error.signal} when it was asked for its version` });
  });
  child.stdin?.end();
  return promise;
}

/** The first line that says something, without what would drive a terminal. */
const firstLine = (text: string): string | undefined =>
  text
    .split(/[\r\n]+/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
    .map(line => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim())
    .find(line => line !== '')
    ?.slice(0, 200);
