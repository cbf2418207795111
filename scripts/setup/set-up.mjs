import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { refused, Stopped } from './fault.mjs';
import { withLock } from './lock.mjs';
import { createProgress } from './progress.mjs';
import { runSteps } from './schedule.mjs';
import { isFresh } from './stamp.mjs';
import { steps as allSteps } from './steps.mjs';
import { wheelOf } from './wheels.mjs';

/**
 * Brings the project into working order: does the steps that are not done, in parallel where they allow it. Returns at once when nothing is
 * to do, without a lock and without writing, so that a finished project also works from a read-only folder.
 */
export async function setUp(context, { steps = allSteps, progress = createProgress() } = {}) {
  try {
    if (steps.every(step => isFresh(step, context))) return;
    wheelOf(context);
    makeWritable(context);
    const lock = join(context.root, '.tinylab/setup.lock');
    const onWait = pid => progress.say(`Another set-up of this project is running (process ${pid}): waiting for it to finish.`);
    await withLock(lock, { signal: context.signal, onWait }, async () => {
      if (steps.every(step => isFresh(step, context))) return;
      const began = performance.now();
      progress.say('Setting up TinyLab (what is done once stays done):');
      await runSteps(steps, context, progress);
      progress.say(`Set up in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
    });
  } finally {
    progress.close();
  }
}

/** Everything goes into .tinylab, node_modules and lib/dist: a project that cannot be written is told so before anything is downloaded. */
function makeWritable(context) {
  const { root } = context;
  const probe = join(root, `.tinylab/probe-${process.pid}`);
  try {
    // Not `recursive`: on a read-only file system that ends in ENOENT instead of EROFS.
    if (!existsSync(join(root, '.tinylab'))) mkdirSync(join(root, '.tinylab'));
    mkdirSync(probe);
    rmdirSync(probe);
  } catch (error) {
    throw ['EROFS', 'EACCES', 'EPERM'].includes(error.code) ? refused(context.root, { title: 'Set-up' }, context) : error;
  }
}

/** Says what stopped set-up and how to go on; the exit code that belongs to it. */
export function explain(error, print = console.error) {
  if (error instanceof Stopped) {
    print('\nStopped. What was finished is kept; the next run goes on from there.');
    return 130;
  }
  print(`\n${error.code ? `${error.code}: ` : ''}${error.mend ? error.message : error.stack}`);
  if (error.mend) print(`\n  To mend it:  ${error.mend}`);
  return 1;
}
