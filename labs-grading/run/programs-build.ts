import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { projectFolder } from '../base/project.ts';

export interface BundledPrograms {
  /** All files that were read. */
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly code: string }[];
}

const require = createRequire(import.meta.url);
const inside = join(import.meta.dirname, 'inside');

/** Path of TensorFlow's native part, from the package's folder. */
function nativePart(): string {
  const description = require.resolve('@tensorflow/tfjs-node/package.json');
  const installer = createRequire(description)('@mapbox/node-pre-gyp') as { find(description: string): string };
  return relative(dirname(description), installer.find(description));
}

/** Each program as one CommonJS script with everything that it imports. */
export function bundlePrograms(entryPoints: readonly string[]): BundledPrograms {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [...entryPoints],
    bundle: true,
    write: false,
    metafile: true,
    absWorkingDir: projectFolder,
    outdir: '/',
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    // Names of functions and classes show in messages.
    keepNames: true,
    define: { 'import.meta.url': '__url', 'import.meta.dirname': '__dirname', NATIVE_PART: JSON.stringify(nativePart()) },
    alias: { '@mapbox/node-pre-gyp': join(inside, 'native.cjs') },
    logLevel: 'silent',
  });
  return {
    inputs: Object.keys(metafile.inputs).map(path => resolve(projectFolder, path)),
    outputs: outputFiles.map(({ path, text }) => ({ name: basename(path), code: text })),
  };
}

/** What V8 makes of a script while it starts: the script's own bytecode, for the same Node with the same flags. */
export function codeOf(script: string, flags: readonly string[]): Uint8Array {
  const cache = `${script}.${process.pid}.cache`;
  // The channel ends at once.
  const { status, stderr } = spawnSync(process.execPath, [...flags, join(inside, 'boot.cjs'), script, cache], {
    cwd: projectFolder,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`${basename(script)} does not start: ${stderr}`);
  const code = readFileSync(cache);
  rmSync(cache);
  return code;
}
