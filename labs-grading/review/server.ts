import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { GraderError } from '../base/grader-error.ts';
import { newToken } from './access.ts';
import { Changes } from './changes.ts';
import { pageFiles } from './page-files.ts';
import type { Review } from './review.ts';
import { routes } from './routes.ts';

export interface ReviewServer {
  /** Address with the token; whoever has it may grade. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the review page to this machine only. Port 0 takes a free one. @throws GraderError when the port is taken. */
export async function startReview(review: Review, { port = 0 }: { port?: number } = {}): Promise<ReviewServer> {
  const token = newToken();
  const changes = new Changes(review);
  let bound = port;
  const app = routes({ review, changes, files: await pageFiles(), token, port: () => bound });
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }) as Server;
  await new Promise<void>((done, fail) => {
    server.once('listening', done);
    server.once('error', error => fail(explained(error, port)));
  });
  bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}/?token=${token}`,
    close: async () => {
      changes.close();
      const ended = new Promise(done => server.close(done));
      server.closeAllConnections();
      await ended;
    },
  };
}

function explained(error: Error, port: number): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const why = code === 'EACCES' ? 'may not be used' : 'is taken';
  return new GraderError('gradebook/busy', `Port ${port} ${why}.`, 'Name another with --port, or leave it out for a free one.');
}
