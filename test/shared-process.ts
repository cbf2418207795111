import { afterAll, expect, vi } from 'vitest';
import { currentDataReporter } from '../lib/data/report.ts';
import { tensorCount } from '../lib/tensor/scope.ts';
import { tf } from '../lib/tensor/tf.ts';
import { currentReporter } from '../lib/train/report.ts';

/** What zod and undici, which `fetch` is, keep there once they are loaded. */
const ofPackages = /^__zod_|^Symbol\(undici\./;

/**
 * What one test file can change for the next: the files of the project `quick` share a process, since loading TensorFlow for each takes longer
 * than most of them run. Modules stay loaded, so a tensor that a module of the library keeps for good has to be made before the first test.
 */
const state = (): Readonly<Record<string, unknown>> => ({
  tensors: tensorCount(),
  backend: tf.getBackend(),
  'names on globalThis': Reflect.ownKeys(globalThis)
    .map(String)
    .filter(name => !ofPackages.test(name))
    .sort(),
  'working directory': process.cwd(),
  environment: { ...process.env },
  'fake timers': vi.isFakeTimers(),
  'training reporter': currentReporter(),
  'data reporter': currentDataReporter(),
});

const before = state();

// Fails the file that leaves something behind, so that no result depends on the order of files.
afterAll(() => expect(state(), 'left behind by this file').toEqual(before));
