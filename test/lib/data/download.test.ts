import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download, isVerified } from '../../../lib/data/download.ts';
import type { RemoteFile } from '../../../lib/data/registry.ts';

const content = Buffer.from('tiny data '.repeat(10_000));
const sha256 = createHash('sha256').update(content).digest('hex');

let server: Server;
let folder: string;
let answer: RequestListener;
let base: string;

const file = (path = '/good', change: Partial<RemoteFile> = {}): RemoteFile => ({
  path: 'data.bin',
  url: base + path,
  bytes: content.length,
  sha256,
  ...change,
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tinylab-download-'));
  answer = (_, response) => response.end(content);
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const refused = async (code: string, what: RemoteFile, signal?: AbortSignal) => {
  await expect(download(what, folder, { signal })).rejects.toMatchObject({ code });
  expect(readdirSync(folder)).toEqual([]);
};

describe('download', () => {
  it('writes the file under its name, tells progress and leaves nothing else', async () => {
    const seen: number[] = [];
    const path = await download(file(), folder, { progress: n => seen.push(n) });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(readdirSync(folder)).toEqual(['data.bin']);
    expect(seen.at(-1)).toBe(content.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await isVerified(path, file())).toBe(true);
    expect(await isVerified(path, { bytes: content.length, sha256: '0'.repeat(64) })).toBe(false);
    expect(await isVerified(join(folder, 'none'), file())).toBe(false);
  });

  it('follows five redirects, not six, and none to another kind of address', async () => {
    answer = (request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end(content);
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    };
    await download(file('/5'), folder);
    rmSync(join(folder, 'data.bin'));
    await refused('data/download', file('/6'));
    answer = (_, response) => response.writeHead(302, { location: 'file:///etc/hostname' }).end();
    await refused('data/download', file());
  });

  it('keeps nothing of a file with other bytes, too many or too few', async () => {
    await refused('data/checksum', file('/good', { sha256: 'f'.repeat(64) }));
    await refused('data/checksum', file('/good', { bytes: content.length - 1 }));
    await refused('data/checksum', file('/good', { bytes: content.length + 1 }));
  });

  it('keeps nothing when the server says no, goes away or breaks off', async () => {
    answer = (_, response) => response.writeHead(404).end('not here');
    await refused('data/download', file());
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 5_000), () => response.destroy());
    };
    await refused('data/download', file());
    server.close();
    server.closeAllConnections();
    await refused('data/download', file('/', { url: 'http://127.0.0.1:1/none' }));
  });

  it('stops when it is interrupted', async () => {
    const controller = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 5_000), () => setTimeout(() => controller.abort(), 20));
    };
    await refused('data/interrupted', file(), controller.signal);
  });

  it('lets two downloads of one file go on side by side', async () => {
    const paths = await Promise.all([download(file(), folder), download(file(), folder)]);
    expect(paths[0]).toBe(paths[1]);
    expect(readFileSync(paths[0] as string).equals(content)).toBe(true);
  });
});
