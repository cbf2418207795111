import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { filesBelow, root } from './modules.ts';

/** An import that a program makes when it runs: no type, no text of a string, no comment. */
export interface RuntimeImport {
  readonly path: string;
  readonly specifier: string;
}

/** What the modules below `folders` import when they run, as a compiler reads them. */
export async function runtimeImports(folders: readonly string[]): Promise<RuntimeImport[]> {
  const found: RuntimeImport[] = [];
  const listen: Plugin = {
    name: 'listen',
    setup: ({ onResolve }) =>
      void onResolve({ filter: /.*/ }, ({ kind, path, importer }) => {
        if (kind === 'entry-point') return undefined;
        found.push({ path: relative(root, importer), specifier: path });
        return { path, external: true };
      }),
  };
  const entryPoints = filesBelow(folders, ['.ts', '.mjs']).map(path => join(root, path));
  await build({ entryPoints, bundle: true, write: false, outdir: root, format: 'esm', logLevel: 'silent', plugins: [listen] });
  return found;
}
