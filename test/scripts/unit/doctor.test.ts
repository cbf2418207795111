import { expect, test } from 'vitest';
import { machine } from '../../../scripts/doctor/machine.mjs';

const [platform] = machine;

test.each([
  ['linux-x64', 'ok'],
  ['linux-arm64', 'untested'],
  ['darwin-arm64', 'untested'],
  ['win32-x64', 'missing'],
])('doctor says of %s that it is %s', async (name, state) => {
  const found = await platform({ platform: name });
  expect(found).toMatchObject({ component: 'Platform', version: name, state, required: true });
  if (name === 'win32-x64') expect(found.todo).toContain('WSL2');
});
