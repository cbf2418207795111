import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { nativeTests } from './scripts/test/native-tests.mjs';

// Tests start hundreds of processes of this project: each takes half the time when Node finds its modules compiled.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '.tinylab/compile-cache');

// tfjs-node crashes at exit inside a worker thread, so tests run in processes.
const common = { pool: 'forks' as const, setupFiles: ['test/setup.ts'] };
const project = (name: string, include: string[], testTimeout: number) => ({
  extends: true as const,
  test: { ...common, name, include, testTimeout, hookTimeout: testTimeout },
});

const quick = project(
  'quick',
  [
    'test/*.test.ts',
    'test/lib/**/*.test.ts',
    'test/datasets/**/*.test.ts',
    'test/scripts/unit/**/*.test.ts',
    'test/labs-grading/unit/**/*.test.ts',
    'test/kernels/jupyter/unit/**/*.test.ts',
    'test/kernels/compute/**/*.test.ts',
  ],
  60_000,
);
const endurance = 'test/lib/**/endurance.test.ts';
// A file that replaces a module needs a process in which nobody has loaded it.
const planted = 'test/lib/**/planted-*.test.ts';

/** Files that do not change their process share one. */
const shared = { isolate: false, setupFiles: ['test/setup.ts', 'test/shared-process.ts'] };

/** The native tests where the kernels may ask no more of the processor than this level, which is the project's name, allows. */
const atLevel = (level: typeof quick) => ({ ...level, test: { ...level.test, ...shared, env: { TINYLAB_ISA: level.test.name } } });

export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
  test: {
    maxWorkers: 2,
    projects: [
      { ...quick, test: { ...quick.test, ...shared, exclude: [endurance, planted] } },
      project('planted', [planted], 60_000),
      project('endurance', [endurance], 300_000),
      project('kernel', ['test/kernels/jupyter/*.test.ts'], 120_000),
      project('grading', ['test/labs-grading/*.test.ts', 'test/attacks/**/*.test.ts'], 300_000),
      project('setup', ['test/scripts/*.test.ts'], 300_000),
      project('browser', ['test/browser/**/*.test.ts'], 600_000),
      atLevel(project('plain', nativeTests, 60_000)),
      atLevel(project('avx2', nativeTests, 60_000)),
      atLevel(project('avx512', nativeTests, 60_000)),
      atLevel(project('vnni', nativeTests, 60_000)),
    ],
  },
});
