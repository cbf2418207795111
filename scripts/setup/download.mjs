import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, megabytes } from './fault.mjs';
import { hashStream, listFiles, partial, sweep } from './files.mjs';
import { pythonEnv } from './steps/python-venv.mjs';
import { tensorflowVersion } from './wheels.mjs';

const pollMs = 500;

/**
 * A verified wheel in the cache. It is downloaded into a folder of its own and gets its name only after its sha256 was checked, so that
 * whatever bears that name is whole. pip does the download: it knows the user's index, proxy and certificates.
 */
export async function download(wheel, context, { step, report }) {
  const folder = join(context.cache, 'downloads');
  const file = join(folder, wheel.file);
  mkdirSync(folder, { recursive: true });
  sweep(folder);
  if (existsSync(file) && (await hashStream(file)) === wheel.sha256) return file;
  const temporary = partial(join(folder, 'pip'));
  mkdirSync(join(temporary, 'wheel'), { recursive: true });
  const watch = setInterval(() => report(progress(temporary, wheel)), pollMs);
  try {
    await fetchWith(wheel, temporary, { context, step });
    clearInterval(watch);
    report({ text: 'checking' });
    const [name] = readdirSync(join(temporary, 'wheel'));
    await verify(join(temporary, 'wheel', name), wheel);
    renameSync(join(temporary, 'wheel', name), file);
    return file;
  } finally {
    clearInterval(watch);
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** pip keeps a growing file in TMPDIR; pointing that into our folder shows the progress and leaves nothing behind elsewhere. */
async function fetchWith(wheel, temporary, { context, step }) {
  const selection = ['--no-deps', '--only-binary=:all:', '--implementation', 'cp', '--python-version', '311', '--platform', wheel.tag];
  const args = ['-m', 'pip', 'download', '--no-cache-dir', '--progress-bar=off', ...selection, '-d', join(temporary, 'wheel')];
  try {
    const env = { ...pythonEnv(context), TMPDIR: temporary };
    await context.run(context.pythonBinary, [...args, `${wheel.project}==${tensorflowVersion}`], { env, step });
  } catch (error) {
    const got = error.output?.match(/Got\s+([0-9a-f]{64})/)?.[1];
    if (got) throw wrongChecksum(wheel, got);
    if (/Wheel .* is invalid|IncompleteRead|incomplete/i.test(error.output ?? '')) throw brokenOff(wheel);
    throw error;
  }
}

async function verify(file, wheel) {
  const sha256 = await hashStream(file);
  if (sha256 !== wheel.sha256) throw wrongChecksum(wheel, sha256);
}

const brokenOff = ({ file }) =>
  new Fault('download/incomplete', `The download of ${file} broke off; the part that came was deleted.`, 'npm run setup');

const wrongChecksum = (wheel, got) =>
  new Fault(
    'download/checksum',
    `${wheel.file} is not the file that TinyLab was built against, so it was deleted.\n  expected sha256 ${wheel.sha256}\n  got      sha256 ${got}`,
    'npm run setup   (if it happens again, the index that pip uses serves another file: pip config list)',
  );

function progress(folder, wheel) {
  const bytes = Math.max(0, ...listFiles(folder).map(file => statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0));
  return { text: `${megabytes(bytes)} of ${megabytes(wheel.bytes)} MB`, fraction: Math.min(bytes / wheel.bytes, 1) };
}
