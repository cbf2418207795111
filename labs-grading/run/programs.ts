import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { projectFolder } from './places.ts';

/** Folder of the project with the programs that run inside. */
export const programs = 'labs-grading/run/inside';

/** Programs of which every submission starts one. Plain JavaScript in one file takes 15 % off the CPU of their start. */
const bundled = ['runner', 'evaluator'];

let built: string | undefined;

/** Tells whether a program is among the built ones. */
export const isBuilt = (program: string): boolean => bundled.includes(program.replace(/\.ts$/, ''));

/**
 * The folder with `runner.mjs` and `evaluator.mjs`: each with what it imports of ours, packages left out. It is made anew by every process,
 * from the sources as they are, and kept in the user's cache under the digest of what it holds.
 */
export function builtPrograms(): string {
  built ??= build();
  return built;
}

function build(): string {
  const entryPoints = bundled.map(name => join(projectFolder, programs, `${name}.ts`));
  const { outputFiles } = buildSync({
    entryPoints,
    bundle: true,
    write: false,
    outdir: '/',
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    logLevel: 'silent',
  });
  const digest = createHash('sha256')
    .update(outputFiles.map(({ hash }) => hash).join())
    .digest('hex')
    .slice(0, 16);
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tinylab', 'programs', digest);
  mkdirSync(folder, { recursive: true });
  // The sandbox's user is another one, whatever the umask.
  chmodSync(folder, 0o755);
  for (const { path, contents } of outputFiles) writeWhole(join(folder, path.slice(1)), contents);
  return folder;
}

/** Several workers may build at the same time. What lies there from before counts only if it is the same. */
function writeWhole(path: string, contents: Uint8Array): void {
  if (sameContent(path, contents)) return;
  const partial = `${path}.${process.pid}.part`;
  writeFileSync(partial, contents);
  chmodSync(partial, 0o644);
  renameSync(partial, path);
}

function sameContent(path: string, contents: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(contents);
  } catch {
    return false;
  }
}
