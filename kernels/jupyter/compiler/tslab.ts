import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import type { Converter } from 'tslab/dist/converter.js';

const require = createRequire(import.meta.url);

/** A module whose text is evaluated by hand. */
type Evaluated = Module & { _compile(code: string, path: string): void };

/** tslab's fork of the compiler. Loading it takes about 0.1 s, so it happens at first use and not when a module is imported. */
export function loadTypeScript(): typeof TypeScript {
  const path = require.resolve('@tslab/typescript-for-tslab');
  if (!require.cache[path]) load(path, withSeparators(narrow(readFileSync(path, 'latin1')) ?? readFileSync(path, 'utf8')));
  return require(path);
}

/**
 * U+2028 and U+2029 as JavaScript has them since 2019, and later compilers, too: a string may hold them, and for editors they end no line.
 * The compiler has no option for it, so two conditions of its text are replaced.
 */
function withSeparators(code: string): string {
  const inString = 'if (isLineBreak(ch) && !jsxAttributeString) {';
  const inLines = 'if (ch > 127 /* maxAsciiCharacter */ && isLineBreak(ch)) {\n            result.push(lineStart);';
  return code
    .replace(inString, 'if ((ch === 10 || ch === 13) && !jsxAttributeString) {')
    .replace(inLines, inLines.replace('isLineBreak(ch)', 'false'));
}

function load(path: string, code: string): void {
  const module = new Module(path) as Evaluated;
  module.filename = path;
  require.cache[path] = module;
  module._compile(code, path);
  module.loaded = true;
}

/**
 * A text of one byte a character, if it has others in comments only: five typographic characters would make the compiler's 8 MB of text
 * take 16.
 */
function narrow(code: string): string | undefined {
  const commented = (at: number) => code.slice(code.lastIndexOf('\n', at), at).includes('//');
  return [...code.matchAll(/[\x80-\xff]/g)].every(({ index }) => commented(index)) ? code : undefined;
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
  const module = new Module(path) as Evaluated;
  const own = createRequire(path);
  module.filename = path;
  module.require = ((id: string) => (id === '@tslab/typescript-for-tslab' ? ts : own(id))) as NodeJS.Require;
  module._compile(readFileSync(path, 'utf8'), path);
  return module.exports.createConverter({ isJS: false, isBrowser: false });
}
