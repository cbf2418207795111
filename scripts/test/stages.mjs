import { existsSync } from 'node:fs';
import { join } from 'node:path';

const program = (root, ...path) => join(root, 'node_modules', ...path);

/** A stage that is one program: it counts as one test. */
const whole = (name, title, args) => ({ name, title, args, counts: 'one' });

/** vitest writes its counts to a file. */
const vitest = (root, project) => ({
  name: project,
  title: `vitest: ${project}`,
  args: [program(root, 'vitest/vitest.mjs'), 'run', '--project', project, '--reporter=default', '--reporter=json'],
  counts: 'vitest',
});

/** Every stage of `npm test`, in order: the fast ones first, so that a slip is seen early. */
export function stagesOf(root) {
  const tfjsCore = 'test/tfjs-core/run.ts';
  return [
    whole('lint', 'Biome', [program(root, '@biomejs/biome/bin/biome'), 'check', '.']),
    whole('types', 'TypeScript', [program(root, 'typescript/bin/tsc'), '-b', 'tsconfig.json']),
    vitest(root, 'quick'),
    vitest(root, 'setup'),
    vitest(root, 'kernel'),
    vitest(root, 'grading'),
    vitest(root, 'browser'),
    whole('page-types', 'TypeScript in the browser', [program(root, 'typescript/bin/tsc'), '-p', 'labs-grading/review/page']),
    ...(existsSync(join(root, tfjsCore)) ? [{ name: 'tfjs-core', title: "tfjs-core's own suite", args: [tfjsCore], counts: 'line' }] : []),
  ];
}
