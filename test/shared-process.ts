import { afterAll, expect, vi } from 'vitest';
import { currentDataReporter } from '../lib/data/report.ts';
import { tensorCount } from '../lib/tensor/scope.ts';
import { tf } from '../lib/tensor/tf.ts';
import { currentReporter } from '../lib/train/report.ts';
import './shape-guard.ts';

/** Names on globalThis that are not a package's own: kernel host and check hooks of ours are symbols, zod keeps two strings there. */
const globals = (): string[] =>
  Reflect.ownKeys(globalThis)
    .filter(name => (typeof name === 'symbol' ? name.description?.startsWith('tinylab.') : !name.startsWith('__zod_')))
    .map(String)
    .sort();

/**
 * What one test file can change for the next: the files of the project `quick` share a process, since loading TensorFlow for each takes longer
 * than most of them run.
 */
const state = (): Readonly<Record<string, unknown>> => ({
  tensors: tensorCount(),
  backend: tf.getBackend(),
  globals: globals(),
  'working directory': process.cwd(),
  environment: { ...process.env },
  'fake timers': vi.isFakeTimers(),
  'training reporter': currentReporter(),
  'data reporter': currentDataReporter(),
});

const before = state();

// Fails the file that leaves something behind, so that no result depends on the order of files.
afterAll(() => expect(state(), 'left behind by this file').toEqual(before));
