import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = resolve(fileURLToPath(import.meta.url), '../../..');

const tfjsNode = join(root, 'node_modules/@tensorflow/tfjs-node');

/**
 * tfjs-core ships its tests as modules that import its sources, while tfjs-node loads a bundle of the same sources. One build of all of it
 * makes both use one copy: from tfjs-node's own sources, since its compiled form (ES5) cannot extend the classes of tfjs-core's modules.
 */
const oneCopy: Plugin = {
  name: 'one-copy',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^@tensorflow\/tfjs-node$/ }, () => ({ path: join(tfjsNode, 'src/index.ts') }));
    // The binding is found relative to the file that asks.
    onLoad({ filter: /tfjs-node\/src\/index\.ts$/ }, ({ path }) => ({
      contents: `const __dirname = ${JSON.stringify(dirname(path))};\n${readFileSync(path, 'utf8')}`,
      loader: 'ts',
    }));
    // What loads tfjs-node early, by its usual name, would bring the second copy.
    onResolve({ filter: /\/prepare\.ts$/ }, ({ resolveDir }) => ({ path: join(resolveDir, 'environment.ts') }));
  },
};

/** Builds the suite with our backend into one file and returns its path. */
export async function bundle(): Promise<string> {
  const folder = join(root, 'node_modules/.cache/tinylab');
  const outfile = join(folder, 'tfjs-core-suite.cjs');
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(root, 'test/tfjs-core/suite.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['@mapbox/node-pre-gyp', 'jasmine-core', 'node-fetch'],
    plugins: [oneCopy],
    // Specs register themselves by being imported, in files that the package declares free of side effects.
    ignoreAnnotations: true,
    logLevel: 'error',
  });
  return outfile;
}

/** The names (or parts of them) of the specs that tfjs-node's authors leave out, as published in its run_tests.ts. */
export function publishedIgnoreList(): string[] {
  const source = readFileSync(join(root, 'node_modules/@tensorflow/tfjs-node/src/run_tests.ts'), 'utf8');
  const list = /IGNORE_LIST: string\[\] = \[([\s\S]*?)\n\];/.exec(source)?.[1] ?? '';
  return [...list.replace(/^\s*\/\/.*$/gm, '').matchAll(/'([^']+)'/g)].map(match => match[1] as string);
}
