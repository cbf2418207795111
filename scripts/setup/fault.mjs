import { statfs } from 'node:fs/promises';
import { existing } from './files.mjs';

/** A failure that a person can do something about: a stable code, what is wrong, and the one command that mends it. */
export class Fault extends Error {
  constructor(code, what, mend) {
    super(what);
    this.name = 'Fault';
    this.code = code;
    this.mend = mend;
  }
}

/** Set-up was stopped by a signal. Nothing is broken: the next run goes on. */
export class Stopped extends Error {
  constructor(signalName = 'SIGINT') {
    super('Stopped.');
    this.name = 'Stopped';
    this.signalName = signalName;
  }
}

const noSpace = /ENOSPC|No space left on device|Disk quota exceeded|EDQUOT/;
const noNetwork =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|NewConnectionError|Failed to establish a new connection|Temporary failure|ReadTimeoutError|IncompleteRead|Connection (broken|aborted|reset)|No route to host|Network is unreachable/;
const notWritable = /EROFS|EACCES|EPERM|Read-only file system|Permission denied/;

const refusedPath = /(?:permission denied|read-only file system|operation not permitted)[^'"\n]*['"]([^'"\n]+)['"]/i;

const again = 'npm run setup';

/** Turns whatever a step threw into a Fault: full disks, refused writes and dead networks look the same from every tool. */
export async function toFault(error, step, context) {
  if (error instanceof Fault || error instanceof Stopped) return error;
  const text = `${error.code ?? ''} ${error.message}\n${error.output ?? ''}`;
  if (noSpace.test(text)) return diskFull(context, error.path);
  if (notWritable.test(text)) return refused(error.path ?? text.match(refusedPath)?.[1] ?? context.root, step, context);
  const tail = lastLines(error.output ?? error.message, 12);
  if (noNetwork.test(text)) {
    return new Fault('network/unreachable', `${step.title}: the package index cannot be reached.\n${tail}`, again);
  }
  return new Fault('setup/failed', `${step.title} failed.\n${tail}\n(everything it printed: .tinylab/logs/${step.name}.log)`, again);
}

/** Something may not be written: the project, the cache, or a folder of another tool (npm's cache after a `sudo npm` is the usual one). */
export function refused(path, step, { root, cache }) {
  const within = folder => path === folder || path.startsWith(`${folder}/`);
  if (within(root)) {
    const what = `${path} cannot be written. Set-up keeps everything it makes inside the project and in the user's cache.`;
    return new Fault('project/read-only', what, 'git clone . ~/tinylab && cd ~/tinylab && npm start');
  }
  if (within(cache))
    return new Fault('cache/read-only', `The cache ${path} cannot be written.`, `XDG_CACHE_HOME=/path/you/can/write ${again}`);
  return new Fault('permission/denied', `${step.title}: ${path} cannot be written.`, `sudo chown -R "$(id -un)" '${path}'`);
}

/** No space left: says how much each of the two places has, because only one of them is full. */
export async function diskFull(context, path) {
  const places = [context.root, context.cache, ...(path ? [path] : [])];
  const free = await Promise.all(places.map(async place => `  ${place}: ${megabytes(await freeBytes(place))} MB free`));
  return new Fault(
    'disk/full',
    `No space left. TinyLab needs about 1500 MB in the project and 1200 MB in the cache while it sets up.\n${[...new Set(free)].join('\n')}`,
    `make room, or put the cache elsewhere: XDG_CACHE_HOME=/path/with/space ${again}`,
  );
}

/** Bytes free for this user on the file system that holds (or will hold) the path. */
export async function freeBytes(path) {
  const { bavail, bsize } = await statfs(existing(path));
  return bavail * bsize;
}

export const megabytes = bytes => Math.floor(bytes / 1e6);

export const lastLines = (text, count) =>
  text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map(line => `  | ${line}`)
    .join('\n');
