import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeVersion } from './context.mjs';
import { hashFile, hashText, writeAtomic } from './files.mjs';

/**
 * What a step's result depends on, as one hash: the step's own source, the project's path (kernelspec and environment hold it), the
 * platform, the Node version, and the step's inputs.
 */
export function keyOf(step, context) {
  return hashText(JSON.stringify([step.name, hashFile(step.source), context.root, context.platform, nodeVersion, step.inputs(context)]));
}

/** Whether a step's stamp says that this very work was done, and what it made is still there. */
export function isFresh(step, context) {
  if (step.fresh) return step.fresh(context);
  return readStamp(step, context)?.key === keyOf(step, context) && step.outputs(context).every(path => existsSync(path));
}

export function writeStamp(step, context, ms) {
  mkdirSync(context.stamps, { recursive: true });
  writeAtomic(stampPath(step, context), `${JSON.stringify({ key: keyOf(step, context), at: new Date().toISOString(), ms })}\n`);
}

export function readStamp(step, context) {
  try {
    return JSON.parse(readFileSync(stampPath(step, context), 'utf8'));
  } catch {
    return undefined;
  }
}

const stampPath = (step, context) => join(context.stamps, `${step.name}.json`);
