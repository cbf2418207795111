import { spawn } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withLock } from '../../../scripts/setup/lock.mjs';
import { scratchFolder } from '../kit/scratch.ts';

const module = fileURLToPath(new URL('../../../scripts/setup/lock.mjs', import.meta.url));

test('work runs under the lock, and the lock goes away even when work throws', async () => {
  const lock = join(scratchFolder(), 'lock');
  expect(await withLock(lock, {}, async () => existsSync(lock))).toBe(true);
  await expect(
    withLock(lock, {}, async () => {
      throw new Error('work');
    }),
  ).rejects.toThrow('work');
  expect(existsSync(lock)).toBe(false);
});

test('processes that all find a dead owner never work at the same time', async () => {
  const folder = scratchFolder();
  const lock = join(folder, 'lock');
  const counter = join(folder, 'counter');
  writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, started: '1' }));
  writeFileSync(counter, '0');
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { withLock } from ${JSON.stringify(module)};
    await withLock(${JSON.stringify(lock)}, {}, async () => {
      const seen = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
      await sleep(20);
      writeFileSync(${JSON.stringify(counter)}, String(seen + 1));
    });`;
  const racers = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }));
  const codes = await Promise.all(racers.map(child => new Promise(resolve => child.on('close', resolve))));
  expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
  expect(readFileSync(counter, 'utf8')).toBe('6');
});

test('a number that another process was given since does not hold a lock', async () => {
  const lock = join(scratchFolder(), 'lock');
  writeFileSync(lock, JSON.stringify({ pid: process.pid, started: 'another time' }));
  expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
});

test('an old lock that its owner never finished writing is taken over', async () => {
  const lock = join(scratchFolder(), 'lock');
  writeFileSync(lock, '{"pi');
  utimesSync(lock, new Date(0), new Date(0));
  expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
});

test('waiting says whom for, once, and a stop ends it', async () => {
  const lock = join(scratchFolder(), 'lock');
  const heard: number[] = [];
  const stopper = new AbortController();
  await withLock(lock, {}, async () => {
    const waiting = withLock(lock, { signal: stopper.signal, onWait: (pid: number) => heard.push(pid) }, async () => 'never');
    setTimeout(() => stopper.abort(), 600);
    await expect(waiting).rejects.toMatchObject({ name: 'Stopped' });
  });
  expect(heard).toEqual([process.pid]);
});
