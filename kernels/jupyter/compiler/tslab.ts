import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import type { Converter } from 'tslab/dist/converter.js';

const require = createRequire(import.meta.url);

/** tslab's fork of the compiler. Loading it takes about 0.1 s, so it happens at first use and not when a module is imported. */
export function loadTypeScript(): typeof TypeScript {
  return require('@tslab/typescript-for-tslab');
}

/** The fork's version, without loading it. */
export function typeScriptVersion(): string {
  return require('@tslab/typescript-for-tslab/package.json').version;
}

/**
 * tslab's converter over the compiler `ts`. Its module is evaluated anew with `ts` in place of the fork: tslab has no
 * option for what we change, and replacing the compiler it sees keeps its own code untouched.
 */
export function createTslabConverter(ts: object): Converter {
  const path = require.resolve('tslab/dist/converter.js');
  const module = new Module(path) as Module & { _compile(code: string, path: string): void };
  const own = createRequire(path);
  module.filename = path;
  module.require = ((id: string) => (id === '@tslab/typescript-for-tslab' ? ts : own(id))) as NodeJS.Require;
  module._compile(readFileSync(path, 'utf8'), path);
  return module.exports.createConverter({ isJS: false, isBrowser: false });
}
