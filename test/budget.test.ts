import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesBelow, root } from './house/modules.ts';

const target = 200;
const limit = 300;

const sizes = filesBelow(['lib', 'kernels', 'labs-grading', 'notebooks', 'datasets', 'scripts', 'test'], ['.ts', '.mjs'])
  .filter(path => !path.endsWith('/lab.ts'))
  .map(path => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }));

it(`keeps every file within ${limit} lines`, () => {
  expect(sizes.length).toBeGreaterThan(50);
  expect(sizes.filter(file => file.lines > limit)).toEqual([]);
});

it(`keeps nine files of ten within ${target} lines`, () => {
  const over = sizes.filter(file => file.lines > target);
  expect(over.length / sizes.length, over.map(file => `${file.path} ${file.lines}`).join('\n')).toBeLessThan(0.1);
});
