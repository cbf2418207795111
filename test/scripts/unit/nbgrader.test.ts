import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createContext } from '../../../scripts/setup/context.mjs';
import { Stopped } from '../../../scripts/setup/fault.mjs';
import { isFresh } from '../../../scripts/setup/stamp.mjs';
import { nbgrader } from '../../../scripts/test/nbgrader.mjs';
import { scratchProject } from '../kit/scratch.ts';

/** A context in which every program ends like this. */
const where = (error: Error) => {
  const { root, env } = scratchProject();
  mkdirSync(join(root, '.tinylab'));
  return { ...createContext({ root, env }), run: () => Promise.reject(error) };
};

test('without a network the other tests go on, and it is said which will fail and how to mend it', async () => {
  const output = 'NewConnectionError: Failed to establish a new connection: [Errno 111] Connection refused';
  const context = where(Object.assign(new Error('pip ended with 1'), { output }));
  const remark = await nbgrader.run(context);
  expect(remark).toContain('nbgrader, for the tests: the package index cannot be reached.');
  expect(remark).toContain('The tests that need nbgrader will fail. To mend it:  npm test -- --only grading');
  expect(isFresh(nbgrader, context)).toBe(false);
});

test('Ctrl-C stops it', async () => {
  await expect(nbgrader.run(where(new Stopped()))).rejects.toThrow(Stopped);
});
