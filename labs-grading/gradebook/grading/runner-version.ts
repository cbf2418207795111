import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { projectFolder } from '../../base/project.ts';

/** Folders whose code takes part in a grade: the runner and what it knows of a lab, the built library, the kernel's converter and executor, the data sets' readers. */
const folders = [
  'labs-grading/base',
  'labs-grading/lab',
  'labs-grading/run',
  'scripts/notebook',
  'lib/dist',
  'kernels/jupyter',
  'datasets',
];
/** Of collecting only what is read of a submission's folder. */
const intake = 'labs-grading/collect/intake.ts';
/** Packages whose versions decide a grade: another compiler of loops may count otherwise. */
export const packages: readonly string[] = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node',
  'assemblyscript',
  'binaryen',
  'tslab',
  'typescript',
  'zod',
];
const isSource = (path: string): boolean =>
  /\.(ts|js|mjs|cjs|sh)$/.test(path) && !/\.d\.ts$|(^|\/)(node_modules|labextension)\//.test(path);

/** Instructions that decide how numbers are rounded: another set may sum in another order. */
const features = ['avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile', 'asimd', 'sve'];

/** Hash of the programs that grade and of what they run on. */
export function runnerVersion(): string {
  const hash = createHash('sha256');
  const files = folders.flatMap(folder =>
    readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
      .filter(isSource)
      .map(path => join(folder, path)),
  );
  for (const file of [...files, intake].sort()) hash.update(`${file}\0`).update(readFileSync(join(projectFolder, file)));
  const versions = packages.map(name => [name, versionOf(name)]);
  hash.update(JSON.stringify([process.version, process.arch, versions, libraries(), cpuFeatures()]));
  return hash.digest('hex').slice(0, 16);
}

function versionOf(name: string): string {
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** Names of TensorFlow's libraries, which carry their version. */
function libraries(): string[] {
  const folder = join(projectFolder, 'node_modules/@tensorflow/tfjs-node/deps/lib');
  try {
    return readdirSync(folder)
      .sort()
      .map(name => {
        const place = realpathSync(join(folder, name));
        return join(basename(dirname(place)), basename(place));
      });
  } catch {
    return [];
  }
}

function cpuFeatures(): string[] {
  try {
    const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(/\s+/) ?? [];
    return features.filter(feature => flags.includes(feature));
  } catch {
    return [];
  }
}
