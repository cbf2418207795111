import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { checkedFrame, FrameReader, frameOf, maximumFrameBytes } from './frames.ts';

/** A request as it comes in; the fields beside the id depend on what is asked. */
export interface Incoming {
  readonly id: string;
  readonly op: string;
  readonly [field: string]: unknown;
}

/** What a program inside answers: a value or a fault. */
export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: object };

/** Calls back into the check while a request is being answered. */
export type CallBack = (name: string, args: readonly unknown[]) => Promise<unknown>;

type Handler = (request: Incoming, callBack: CallBack) => Promise<Answer>;

const channel = 3;

const tooLarge = `too large to hand over: more than ${maximumFrameBytes / 2 ** 20} MB of text, or too many values in it`;

/** The answer as a frame. One that no frame can hold, whatever the cells have made of this process, is a fault, so that nobody waits in vain. */
function framed(id: string, answer: Answer): Buffer {
  try {
    return checkedFrame({ id, ...answer });
  } catch {
    return frameOf(`{"id":"${id}","ok":false,"fault":{"kind":"not a value","message":"The value is ${tooLarge}."}}`);
  }
}

function framedCall(call: { readonly id: string; readonly callback: string; readonly args: readonly unknown[] }): Buffer {
  try {
    return checkedFrame(call);
  } catch {
    throw new Error(`What the callback is given is ${tooLarge}.`);
  }
}

function fault(error: unknown): Answer {
  const message = error instanceof Error ? String(error) : `Thrown: ${String(error)}`;
  return { ok: false, fault: { kind: 'threw', message: message.slice(0, 20_000) } };
}

/** Answers the requests that come through the channel, one after the other, until the channel closes. */
export function serve(handler: Handler): void {
  const socket = new Socket({ fd: channel, readable: true, writable: true });
  const reader = new FrameReader();
  let answered: ((answer: unknown) => void) | undefined;
  const answer = async (request: Incoming): Promise<void> => {
    const callBack: CallBack = async (name, args) => {
      const frame = framedCall({ id: request.id, callback: name, args });
      const { promise, resolve } = Promise.withResolvers<unknown>();
      answered = resolve;
      socket.write(frame);
      return promise;
    };
    socket.write(framed(request.id, await handler(request, callBack).catch(fault)));
  };
  socket.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) {
      const request = frame as Incoming & { answer?: unknown };
      if (request.op === undefined) answered?.(request.answer);
      else void answer(request);
    }
  });
  socket.on('end', () => process.exit(0));
  socket.on('error', () => closeSync(channel));
}
