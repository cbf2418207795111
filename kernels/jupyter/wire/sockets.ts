import { Router, XPublisher } from 'zeromq';
import { address, type Connection } from './connection.ts';
import { decode, encode, type Header, type Message } from './message.ts';

/** The kernel's end of the wire on the main thread. Control and heartbeat live on a thread of their own. */
export interface Wire {
  /** Broadcasts to every client. */
  publish(type: string, content: unknown, parent?: Header): void;
  /** Answers a request from the shell channel. */
  reply(request: Message, type: string, content: unknown): void;
  close(): void;
}

/** Binds shell, iopub and stdin. `onRequest` gets each message from the shell channel. */
export async function openWire(connection: Connection, onRequest: (message: Message) => void): Promise<Wire> {
  // Unlimited and without a time limit: zeromq.js then sends at once, where it would refuse the 513th message of one turn.
  const unlimited = { sendHighWaterMark: 0, sendTimeout: 0, linger: 1000 };
  const [shell, stdin] = [new Router(unlimited), new Router()];
  const iopub = new XPublisher({ ...unlimited, verbosity: 'allSubs' });
  const send = (socket: Router | XPublisher, frames: (Buffer | string)[]) => {
    socket.send(frames).catch(() => {}); // A client that left is no fault of the cell.
  };
  const publish: Wire['publish'] = (type, content, parent) =>
    send(iopub, encode(connection.key, type, { content, parent, identities: [type] }));

  await Promise.all([
    shell.bind(address(connection, 'shell')),
    iopub.bind(address(connection, 'iopub')),
    stdin.bind(address(connection, 'stdin')),
  ]);
  receive(shell, frames => {
    const message = accept(connection.key, frames);
    if (message) onRequest(message);
  });
  receive(iopub, ([frame]) => {
    const subscribes = frame?.[0] === 1;
    const topic = frame?.subarray(1).toString() ?? '';
    if (subscribes) send(iopub, encode(connection.key, 'iopub_welcome', { content: { subscription: topic }, identities: [topic] }));
  });
  return {
    publish,
    reply: (request, type, content) =>
      send(shell, encode(connection.key, type, { content, parent: request.header, identities: request.identities })),
    close() {
      for (const socket of [shell, iopub, stdin]) socket.close();
    },
  };
}

/** Hands over what a socket receives, until the socket is closed. Each delivery is a turn of its own, so that one that is cut off cannot end the others. */
export function receive(socket: { receive(): Promise<Buffer[]>; closed: boolean }, deliver: (frames: Buffer[]) => void): void {
  const next = () => {
    socket.receive().then(
      frames => {
        setImmediate(deliver, frames);
        next();
      },
      () => !socket.closed && setImmediate(next),
    );
  };
  next();
}

/** A message that is not signed by the client, or no message at all, is dropped: answering it would tell who asked. */
export function accept(key: string, frames: readonly Buffer[]): Message | undefined {
  try {
    return decode(key, frames);
  } catch {
    return undefined;
  }
}
