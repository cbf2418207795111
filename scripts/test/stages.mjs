import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { levels } from './native-tests.mjs';

const program = (root, ...path) => join(root, 'node_modules', ...path);

/** A stage that is one program: it counts as one test. */
const whole = (name, title, args) => ({ name, title, args, counts: 'one' });

/** Projects of vitest in one run, where a worker that is free takes the next file of any of them. vitest writes its counts to a file. */
const vitest = (root, ...projects) => ({
  name: projects.length > 1 ? 'slow' : projects[0],
  title: `vitest: ${projects.join(', ')}`,
  projects,
  args: [
    program(root, 'vitest/vitest.mjs'),
    'run',
    ...projects.flatMap(name => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
  ],
  counts: 'vitest',
});

const slow = ['setup', 'kernel', 'grading', 'browser', 'endurance', 'planted', ...levels];

/** Stages of `npm test`, in order: the fast ones first, so that a slip is seen early. With `only`, the one of this name. */
export function stagesOf(root, only) {
  const tfjsCore = 'test/tfjs-core/run.ts';
  const stages = [
    whole('lint', 'Biome', [program(root, '@biomejs/biome/bin/biome'), 'check', '.']),
    whole('types', 'TypeScript', [program(root, 'typescript/bin/tsc'), '-b', 'tsconfig.json']),
    vitest(root, 'quick'),
    ...(only === undefined || only === 'slow' ? [vitest(root, ...slow)] : slow.map(name => vitest(root, name))),
    whole('page-types', 'TypeScript in the browser', [program(root, 'typescript/bin/tsc'), '-p', 'labs-grading/review/page']),
    ...(existsSync(join(root, tfjsCore)) ? [{ name: 'tfjs-core', title: "tfjs-core's own suite", args: [tfjsCore], counts: 'line' }] : []),
  ];
  return only === undefined ? stages : stages.filter(({ name }) => name === only);
}
