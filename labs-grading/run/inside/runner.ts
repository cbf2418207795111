// Runs a student's cells and answers what checks ask of them. Everything in this process may be the student's by the time it speaks.

import { download, type NDArray, type Request, responder, tf, upload } from 'tinylab';
import { createCellExecutor } from '../../../kernels/jupyter/execute.ts';
import { announceHost } from './host.ts';
import { type Answer, type CallBack, type Incoming, serve } from './port.ts';

const executor = createCellExecutor(process.cwd());
announceHost(name => executor.lookup(name));

const tensors = {
  upload: (value: NDArray): unknown => upload(value),
  download: (value: object): NDArray | undefined => (value instanceof tf.Tensor ? download(value) : undefined),
  dispose: (value: unknown): void => {
    if (value instanceof tf.Tensor && !value.isDisposed) value.dispose();
  },
};
const respond = responder({ lookup: name => executor.lookup(name) }, { tensors });

// A promise that nobody awaited belongs to the cell that started it: it is shown there and ends nothing.
process.on('unhandledRejection', reason => console.error('Unhandled rejection:', reason));
process.on('uncaughtException', error => console.error('Uncaught error:', error));

async function run({ cell, name, source }: Incoming): Promise<Answer> {
  const outcome = await executor.runCompiled(cell as never, { name: String(name), source: String(source) });
  // Timers and rejections that the cell left behind get a turn, so that they are not blamed on the next one.
  await new Promise(resolve => setImmediate(resolve));
  if (outcome.ok) return { ok: true, value: { done: true } };
  const { error } = outcome;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `Thrown: ${String(error)}`;
  const where = error instanceof Error ? /cell\[[^\]]*\]:\d+:\d+/.exec(String(error.stack))?.[0] : undefined;
  return { ok: true, value: { done: false, message: message.slice(0, 20_000), where } };
}

async function session(request: Incoming, callBack: CallBack): Promise<Answer> {
  const reply = await respond(request as unknown as Request, async (id, args) => (await callBack(id, args)) as never);
  return reply.ok ? { ok: true, value: reply.value } : { ok: false, fault: reply.fault };
}

serve(async (request, callBack) => {
  if (request.op === 'ready') return { ok: true, value: null };
  return request.op === 'run' ? run(request) : session(request, callBack);
});
