import { Session } from 'node:inspector/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Reply, Router } from 'zeromq';
import { type ControlData, type ToMain, Work } from '../session/interrupt.ts';
import { address } from './connection.ts';
import { encode, type Message } from './message.ts';
import { accept, receive } from './sockets.ts';

// The thread that stays awake while a cell keeps the main thread busy: it answers heartbeats and the control channel, and
// it is the one that can stop a loop.

const { connection, kernelInfo, shared, graceMs, parentPid } = workerData as ControlData;
const control = new Router({ linger: 1000 });
const heartbeat = new Reply();
const tell = (message: ToMain) => parentPort?.postMessage(message);
const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
/** Number of the last request that the main thread has seen. */
const seen = () => Atomics.load(shared, 0);
const work = () => Atomics.load(shared, 1);
const cells = () => Atomics.load(shared, 3);

/** Time that the last messages get to leave: ending the process does not wait for them. */
const partingMs = 30;

let requests = 0;
let interrupting = false;

/** Asks the cell to stop; when it does not within the grace period, ends it, by force if the main thread does not even listen. */
async function interrupt(): Promise<void> {
  if (interrupting) return;
  interrupting = true;
  await endCell().finally(() => {
    interrupting = false;
  });
}

async function endCell(): Promise<void> {
  tell({ kind: 'interrupt', request: ++requests });
  const cell = work() === Work.cell ? cells() : undefined;
  let deadline = Date.now() + graceMs;
  for (let idle = 0; Date.now() < deadline; await pause(20)) {
    if (work() === Work.kernel) deadline = Date.now() + graceMs;
    idle = work() === Work.none && seen() === requests ? idle + 1 : 0;
    // Idle for a while: a cell that was sent before the interrupt may still be on its way. Another cell runs: ours has ended.
    if (idle > 2 || (cell !== undefined && cells() !== cell && seen() === requests)) return;
  }
  tell({ kind: 'force', request: ++requests });
  if (!(await noticed(100))) await cutOff();
}

/** Waits until the main thread has seen the last request, at most this long. Not a moment longer: the next interrupt may be near. */
async function noticed(ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end && seen() !== requests; ) await pause(5);
  return seen() === requests;
}

/** Ends the JavaScript that keeps the main thread from listening. */
async function cutOff(): Promise<void> {
  const session = new Session();
  session.connectToMainThread();
  // Code that was cut off may have set timers that loop again, hence more than one attempt.
  for (let attempt = 0; seen() !== requests && attempt < 50; attempt++) {
    Atomics.store(shared, 2, 1);
    await Promise.race([session.post('Runtime.terminateExecution').catch(() => {}), pause(500)]);
    // The first message after a termination may be swallowed by it; this one has no other purpose.
    tell({ kind: 'nothing', request: requests });
    tell({ kind: 'force', request: requests });
    await noticed(200);
  }
  session.disconnect();
}

function answer(request: Message): void {
  const reply = (content: object) =>
    control
      .send(
        encode(connection.key, type.replace(/_request$/, '_reply'), { content, parent: request.header, identities: request.identities }),
      )
      .catch(() => {});
  const type = request.header.msg_type;
  tell({ kind: 'status', header: request.header });
  if (type === 'kernel_info_request') reply(kernelInfo);
  else if (type === 'interrupt_request') {
    interrupt();
    reply({ status: 'ok' });
  } else if (type === 'shutdown_request') {
    reply({ status: 'ok', restart: Boolean(request.content.restart) }).then(() => shutdown());
  }
}

/**
 * The main thread ends this one and then the process. When it does not listen for a second, the process ends all the same; while it is at
 * the kernel's own work, which ends by itself, it cannot, and has five seconds.
 */
async function shutdown(): Promise<void> {
  tell({ kind: 'shutdown', request: ++requests });
  for (let waited = 0, deaf = 0; deaf < 1000 && waited < 5000; waited += 50) {
    await pause(50);
    if (work() !== Work.kernel) deaf += 50;
  }
  process.kill(process.pid, 'SIGKILL');
}

parentPort?.once('message', async () => {
  await pause(partingMs);
  control.close();
  heartbeat.close();
  process.exit();
});

/** A kernel whose server died without a word would stay for ever. */
function watchParent(): void {
  if (parentPid === undefined) return;
  setInterval(() => process.ppid !== parentPid && process.kill(process.pid, 'SIGKILL'), 1000);
}

await Promise.all([control.bind(address(connection, 'control')), heartbeat.bind(address(connection, 'hb'))]);
receive(control, frames => {
  const request = accept(connection.key, frames);
  if (request) answer(request);
});
receive(heartbeat, frames => heartbeat.send(frames).catch(() => {}));
watchParent();
