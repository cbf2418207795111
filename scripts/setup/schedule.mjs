import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stopped, toFault } from './fault.mjs';
import { isFresh, writeStamp } from './stamp.mjs';

/**
 * Runs steps as soon as the steps they need are done, several at a time. A failure stops only the steps that need the failed one: what the
 * others finish, the next run has not to do again. Throws the first failure.
 */
export async function runSteps(steps, context, progress) {
  const done = new Map();
  let failure;
  for (const step of steps) {
    const before = step.needs.map(name => done.get(name)).filter(Boolean);
    const running = Promise.all(before).then(() => runStep(step, context, progress));
    running.catch(error => {
      failure ??= error;
    });
    done.set(step.name, running);
  }
  await Promise.allSettled(done.values());
  if (context.signal?.aborted) throw new Stopped();
  if (failure) throw failure;
}

/** Does one step unless its stamp is good, and stamps it. A step that returns a string has a remark for the user. */
async function runStep(step, context, progress) {
  if (context.signal?.aborted) throw new Stopped();
  if (isFresh(step, context)) return;
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
