import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { quietly } from './quietly.ts';

const { resolve } = createRequire(import.meta.url);
const suffix = process.platform === 'darwin' ? 'dylib' : 'so';
const library = join(dirname(resolve('@tensorflow/tfjs-node/package.json')), `deps/lib/libtensorflow.${suffix}`);

/** Node closes a library again that is no module of its own, and this flag of the system's loader keeps it (Linux; elsewhere it is closed). */
const keep = process.platform === 'linux' ? 0x1000 : 0;

try {
  quietly(() => process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_LAZY | keep));
} catch {
  // Always: it is no module. If it could not be opened either, the library itself will say so.
}
