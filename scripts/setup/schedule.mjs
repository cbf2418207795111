import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stopped, toFault } from './fault.mjs';
import { isFresh, writeStamp } from './stamp.mjs';

/** Runs steps as soon as the steps they need are done, several at a time; the first failure stops the others and is thrown. */
export async function runSteps(steps, context, progress) {
  const stopper = new AbortController();
  const relay = () => stopper.abort();
  context.signal?.addEventListener('abort', relay, { once: true });
  const inner = context.with({ signal: context.signal?.aborted ? AbortSignal.abort() : stopper.signal });
  const done = new Map();
  const start = step => {
    const before = step.needs.map(name => done.get(name)).filter(Boolean);
    return Promise.all(before).then(() => runStep(step, inner, progress));
  };
  let first;
  for (const step of steps) {
    const running = start(step);
    running.catch(error => {
      first ??= error;
      stopper.abort();
    });
    done.set(step.name, running);
  }
  await Promise.allSettled(done.values());
  context.signal?.removeEventListener('abort', relay);
  if (first) throw context.signal?.aborted ? new Stopped() : first;
}

/** Does one step unless its stamp is good, and stamps it. A step that returns a string has a remark for the user. */
async function runStep(step, context, progress) {
  if (context.signal.aborted) throw new Stopped();
  if (isFresh(step, context)) return progress.skipped(step);
  const began = performance.now();
  progress.started(step);
  try {
    mkdirSync(join(context.root, '.tinylab'), { recursive: true });
    const remark = await step.run(context, detail => progress.detail(step, detail));
    const ms = Math.round(performance.now() - began);
    if (!step.fresh || step.keepsStamp) writeStamp(step, context, ms);
    progress.finished(step, ms, remark);
  } catch (error) {
    const fault = await toFault(error, step, context);
    progress.failed(step, fault);
    throw fault;
  }
}
