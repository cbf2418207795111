import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../base/project.ts';
import { writeWhole } from '../base/write-whole.ts';
import { bundlePrograms, codeOf } from './programs-build.ts';

/** Folder of the project with the programs that run inside. */
export const programs = 'labs-grading/run/inside';

/**
 * Programs of which every submission starts one. Each is one script with all that it imports, the library and TensorFlow.js included, and
 * with what V8 made of it before: that takes half off the CPU of their start.
 */
const bundled = ['runner', 'evaluator'];

/** What builds and starts them. */
const makers = ['programs-build.ts', 'inside/boot.cjs'].map(name => join(import.meta.dirname, name));

let built: string | undefined;

/** Tells whether a program is among the built ones. */
export const isBuilt = (program: string): boolean => bundled.includes(program.replace(/\.ts$/, ''));

/** The folder with `runner.js` and `evaluator.js` and their code caches, made again when a source has changed. It is kept in the user's cache. */
export function builtPrograms(): string {
  built ??= upToDate() ?? build();
  return built;
}

const cache = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tinylab', 'programs');
const short = (hash: { digest(encoding: 'hex'): string }): string => hash.digest('hex').slice(0, 16);
/** What was built last for this project by this Node. */
const record = (): string => join(cache(), `${short(createHash('sha256').update(`${projectFolder} ${process.version}`))}.json`);

/** A file as it was: another size or time means another content. */
type Stamp = readonly [path: string, size: number, changed: number];

function stampOf(path: string): Stamp {
  const { size, mtimeMs } = statSync(path);
  return [path, size, mtimeMs];
}

function upToDate(): string | undefined {
  if (!existsSync(record())) return undefined;
  const { folder, stamps } = JSON.parse(readFileSync(record(), 'utf8')) as { folder: string; stamps: Stamp[] };
  const isSame = ([path, size, changed]: Stamp): boolean => {
    const now = statSync(path, { throwIfNoEntry: false });
    return now?.size === size && now.mtimeMs === changed;
  };
  if (!existsSync(folder) || !stamps.every(isSame)) return undefined;
  // Says that it is in use.
  utimesSync(folder, new Date(), new Date());
  return folder;
}

/** Takes away what no run has asked for since yesterday. */
function removeStale(): void {
  for (const entry of readdirSync(cache(), { withFileTypes: true })) {
    const path = join(cache(), entry.name);
    if (entry.isDirectory() && statSync(path).mtimeMs < Date.now() - 86_400_000) rmSync(path, { recursive: true, force: true });
  }
}

/** The sandbox's user is another one, whatever the umask. */
const readable = { mode: 0o644 };

function build(): string {
  const begin = Date.now();
  const entries = bundled.map(name => join(projectFolder, programs, `${name}.ts`));
  const { inputs, outputs } = bundlePrograms(entries);
  const stamps = [...inputs, ...makers].map(stampOf);
  const digest = createHash('sha256').update(process.version);
  for (const { code } of outputs) digest.update(code);
  const folder = join(cache(), short(digest));
  mkdirSync(cache(), { recursive: true });
  removeStale();
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  for (const { name, code } of outputs) {
    writeWhole(join(folder, name), code, readable);
    const cached = join(folder, `${name}.code`);
    if (!existsSync(cached)) writeWhole(cached, codeOf(join(folder, name), ['--no-warnings']), readable);
  }
  // A source that was saved meanwhile may have been read before.
  if (stamps.every(([, , changed]) => changed < begin)) writeWhole(record(), JSON.stringify({ folder, stamps }));
  return folder;
}
