import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../scripts/jupyter/port.mjs';

/** Takes a port on one address; returns its number. */
async function take(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

test('a free port is taken as it is', async () => {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  expect(await freePort(port)).toBe(port);
});

test.each(['127.0.0.1', '0.0.0.0'])('a port in use on %s is skipped, and said', async host => {
  const port = await take(host);
  const taken: number[] = [];
  expect(await freePort(port, (number: number) => taken.push(number))).toBeGreaterThan(port);
  expect(taken[0]).toBe(port);
});

test('no port above 65535 is tried', async () => {
  await expect(freePort(65536)).rejects.toThrow('--port N');
});
