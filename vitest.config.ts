import { defineConfig } from 'vitest/config';

// tfjs-node crashes at exit inside a worker thread, so every test file runs in a process of its own.
const common = { pool: 'forks' as const, setupFiles: ['test/setup.ts'] };
const project = (name: string, include: string[], testTimeout: number) => ({
  extends: true as const,
  test: { ...common, name, include, testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
  test: {
    maxWorkers: 2,
    projects: [
      project(
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
      ),
      project('kernel', ['test/kernels/jupyter/*.test.ts'], 120_000),
      project('grading', ['test/labs-grading/*.test.ts', 'test/attacks/**/*.test.ts'], 300_000),
      project('setup', ['test/scripts/*.test.ts'], 300_000),
      project('browser', ['test/browser/**/*.test.ts'], 600_000),
    ],
  },
});
