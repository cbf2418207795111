import { createServer } from 'node:net';

const attempts = 100;

/** The first free port from `wanted` on; `onTaken(port)` is called with each one that was not. */
export async function freePort(wanted, onTaken) {
  for (let port = wanted; port < Math.min(wanted + attempts, 65536); port++) {
    if (await isFree(port)) return port;
    onTaken?.(port);
  }
  throw new Error(`No free port from ${wanted} on: give another with --port N.`);
}

/** A port counts as taken when anything listens on it, on either of the addresses that "localhost" can mean. */
async function isFree(port) {
  for (const host of ['127.0.0.1', '::1']) {
    const code = await listenError(port, host);
    if (code && code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') return false;
  }
  return true;
}

function listenError(port, host) {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', error => resolve(error.code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
