// Starts a built program: boot.cjs SCRIPT runs it with the code cache beside it, boot.cjs SCRIPT CACHE only writes that cache.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { constants, Script } = require('node:vm');

const [, , filename, cache] = process.argv;
const code = `${filename}.code`;
const script = new Script(`(function (require, __filename, __dirname, __url) {${readFileSync(filename, 'latin1')}\n})`, {
  filename,
  // V8 refuses a cache of another version or of other flags; the script then starts slowly.
  cachedData: cache === undefined && existsSync(code) ? readFileSync(code) : undefined,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
// Packages are looked up from the folder that the program works in.
script.runInThisContext()(createRequire(join(process.cwd(), 'boot.cjs')), filename, dirname(filename), pathToFileURL(filename).href);
if (cache !== undefined) {
  writeFileSync(cache, script.createCachedData());
  process.exit(0);
}
