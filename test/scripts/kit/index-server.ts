import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { onTestFinished } from 'vitest';

export type Manner = 'whole' | 'stalls half-way' | 'breaks half-way';

/** A package index with one wheel, on localhost, that can misbehave. Returns pip's environment for it. */
export async function indexServer(
  wheel: string,
): Promise<{ env: Record<string, string>; serve: (manner: Manner) => void; sent: () => number }> {
  let manner: Manner = 'whole';
  let sent = 0;
  const file = basename(wheel);
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.whl')) {
      sent += 1;
      sendWheel(response, readFileSync(wheel), manner);
    } else response.setHeader('content-type', 'text/html').end(`<!DOCTYPE html><a href="/files/${file}">${file}</a>`);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
  const env = {
    PIP_INDEX_URL: url,
    PIP_FIND_LINKS: '',
    PIP_RETRIES: '0',
    PIP_RESUME_RETRIES: '0',
    PIP_CONFIG_FILE: '/dev/null',
    no_proxy: '127.0.0.1',
  };
  return {
    env,
    serve: next => {
      manner = next;
    },
    sent: () => sent,
  };
}

function sendWheel(response: ServerResponse, bytes: Buffer, manner: Manner): void {
  response.setHeader('content-type', 'application/octet-stream').setHeader('content-length', bytes.length);
  if (manner === 'whole') {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, bytes.length >> 1), () => {
    if (manner === 'breaks half-way') response.destroy();
  });
}
