import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { download } from '../download.mjs';
import { diskFull, freeBytes } from '../fault.mjs';
import { partial, sweep } from '../files.mjs';
import { headers, tensorflowVersion, wheelOf } from '../wheels.mjs';

const manifest = 'manifest.json';
const unpackedBytes = 900e6;

/** TensorFlow's C libraries and headers, from the wheel on the Python package index, in the user's cache: 850 MB that all projects share. */
export const tensorflow = {
  name: 'tensorflow',
  title: `TensorFlow ${tensorflowVersion} libraries`,
  source: fileURLToPath(import.meta.url),
  needs: ['python-venv'],
  fresh: context => isIntact(folderOf(context)),
  async run(context, report) {
    const wheel = wheelOf(context);
    const folder = folderOf(context);
    mkdirSync(context.cache, { recursive: true });
    sweep(context.cache);
    if ((await freeBytes(context.cache)) < wheel.bytes + (context.unpackedBytes ?? unpackedBytes)) throw await diskFull(context);
    const file = await download(wheel, context, { step: this.name, report });
    report({ text: 'unpacking' });
    await unpack({ file, wheel, folder }, context);
    rmSync(file, { force: true });
  },
};

/** Where the libraries and headers of this platform lie once they are unpacked. */
export const folderOf = context => join(context.cache, `tensorflow-${tensorflowVersion}-${wheelOf(context).sha256.slice(0, 8)}`);

/** The folder is renamed into place when it is complete; the sizes catch a cache that was damaged later. */
function isIntact(folder) {
  try {
    const sizes = Object.entries(JSON.parse(readFileSync(join(folder, manifest), 'utf8')));
    return sizes.every(([path, bytes]) => statSync(join(folder, path)).size === bytes);
  } catch {
    return false;
  }
}

async function unpack({ file, wheel, folder }, context) {
  const temporary = partial(folder);
  const libraries = Object.values(wheel.libraries).map(name => [`tensorflow/${name}`, `lib/${name}`]);
  const members = Object.fromEntries([...libraries, ...headers.map(path => [`tensorflow/include/${path}`, `include/${path}`])]);
  const script = fileURLToPath(new URL('../unpack.py', import.meta.url));
  try {
    await context.run(context.pythonBinary, [script, file, temporary, JSON.stringify(members)], { step: 'tensorflow' });
    const sizes = Object.values(members).map(path => [path, statSync(join(temporary, path)).size]);
    writeFileSync(join(temporary, manifest), JSON.stringify(Object.fromEntries(sizes)));
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
