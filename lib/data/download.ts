import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LabError } from '../tensor/errors.ts';
import type { RemoteFile } from './registry.ts';

const maximumRedirects = 5;

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (received: number) => void;
}

/**
 * Fetches `file` into `folder` and returns its path. Bytes go to a `.part` file of this download, which takes its name only when size and
 * SHA-256 are right; whatever goes wrong, no other file is left.
 * @throws LabError `data/download` when it cannot be fetched, `data/checksum` when other bytes came, `data/interrupted` on abort.
 */
export async function download(file: RemoteFile, folder: string, options: DownloadOptions = {}): Promise<string> {
  const path = join(folder, file.path);
  const part = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const body = await open(file, options.signal);
    const hash = createHash('sha256');
    let received = 0;
    const check = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        received += chunk.length;
        if (received > file.bytes) throw mismatch(file, `more than ${file.bytes} bytes came`);
        hash.update(chunk);
        options.progress?.(received);
        yield chunk;
      }
    };
    await pipeline(body, check, createWriteStream(part), { signal: options.signal });
    if (received < file.bytes) throw mismatch(file, `${received} of ${file.bytes} bytes came`);
    const sha256 = hash.digest('hex');
    if (sha256 !== file.sha256) throw mismatch(file, `SHA-256 is ${sha256}, expected ${file.sha256}`);
    await rename(part, path);
    return path;
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw failure(file, path, { error, aborted: options.signal?.aborted === true });
  } finally {
    await rm(part, { force: true });
  }
}

/**
 * Tells whether the file at `path` has this size and SHA-256; false when there is none.
 */
export async function isVerified(path: string, file: { readonly bytes: number; readonly sha256: string }): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile() || info.size !== file.bytes) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === file.sha256;
}

/** Follows redirects by hand: at most five, and never from https to http. */
async function open(file: RemoteFile, signal: AbortSignal | undefined): Promise<Readable> {
  let url = new URL(file.url);
  for (let hops = 0; hops <= maximumRedirects; hops++) {
    const response = await fetch(url, { redirect: 'manual', signal: signal ?? null, headers: { 'accept-encoding': 'identity' } });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location) {
      await response.body?.cancel();
      const next = new URL(location, url);
      if (next.protocol !== 'https:' && next.protocol !== url.protocol)
        throw new Error(`redirected from ${url.protocol} to ${next.protocol}`);
      url = next;
      continue;
    }
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    return Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  }
  throw new Error(`more than ${maximumRedirects} redirects`);
}

function mismatch(file: RemoteFile, what: string): LabError {
  return new LabError(
    'data/checksum',
    `${file.url}: ${what}. Nothing was kept.`,
    'Try again; if it happens twice, the file at that address has changed and must not be used.',
  );
}

function failure(file: RemoteFile, path: string, cause: { error: unknown; aborted: boolean }): LabError {
  if (cause.aborted)
    return new LabError('data/interrupted', `The download of ${file.path} was interrupted.`, 'Run it again to start over.');
  const { message, cause: reason } = cause.error as Error;
  const detail = reason instanceof Error ? `${message} (${reason.message})` : message;
  return new LabError(
    'data/download',
    `${file.url} could not be fetched: ${detail}.`,
    `Without a network, put ${basename(path)} into a folder and set TINYLAB_DATA_DIR to it, or into ${dirname(path)}.`,
  );
}
