import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { groupDriver } from '../../../labs-grading/run/cgroup.ts';
import { cgroupV1 } from '../../../labs-grading/run/cgroup-v1.ts';
import { cgroupV2 } from '../../../labs-grading/run/cgroup-v2.ts';
import { converterBytes, defaultLimits, workersFor } from '../../../labs-grading/run/limits.ts';

// Folders that look like the kernel's: what a driver writes and reads can be seen without any control group on the machine.
const root = mkdtempSync(join(tmpdir(), 'tinylab-cgroup-'));
afterAll(() => rmSync(root, { recursive: true }));
const put = (path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};
const get = (path: string): string => readFileSync(join(root, path), 'utf8');
const limits = { memoryBytes: 1_000_000, pids: 64 };

describe('cgroup v1', () => {
  const mounts = ['memory', 'pids', 'cpu,cpuacct'].map(name => `cgroup ${root}/v1/${name} cgroup rw,relatime,${name} 0 0`).join('\n');
  const own = '4:memory:/job\n8:pids:/\n2:cpu,cpuacct:/job\n0::/';
  for (const folder of ['memory/job', 'pids', 'cpu,cpuacct/job']) mkdirSync(join(root, 'v1', folder), { recursive: true });

  it('makes a group below our own in each hierarchy', () => {
    const driver = cgroupV1({ mounts, own });
    expect(driver?.folders).toEqual(['memory/job', 'pids', 'cpu,cpuacct/job'].map(folder => join(root, 'v1', folder)));
    driver?.create('box', limits);
    expect(get('v1/memory/job/box/memory.limit_in_bytes')).toBe('1000000');
    expect(get('v1/pids/box/pids.max')).toBe('64');
  });

  it.each([
    [0, 7, undefined],
    [3, 7, 'own'],
    [3, 0, 'above'],
    [1, 0, 'own', 4],
    [1, 0, 'own', 0, 999_000],
    [1, 0, 'above', 0, 400_000],
  ])('%i kills and %i times at its own limit is a death of memory: %s', (...[kills, atLimit, death, withSwap = 0, peak = 0]) => {
    const name = `counted-${kills}-${atLimit}-${withSwap}-${peak}`;
    const group = cgroupV1({ mounts, own })?.create(name, limits);
    put(`v1/memory/job/${name}/memory.oom_control`, `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n`);
    put(`v1/memory/job/${name}/memory.failcnt`, `${atLimit}\n`);
    put(`v1/memory/job/${name}/memory.max_usage_in_bytes`, `${peak}\n`);
    put(`v1/memory/job/${name}/memory.memsw.failcnt`, `${withSwap}\n`);
    put(`v1/cpu,cpuacct/job/${name}/cpuacct.usage`, '2500000000\n');
    expect([group?.memoryDeath(), group?.cpuMs()]).toEqual([death, 2500]);
  });

  it('ends what is left in a group before it takes the group away, and nothing else', async () => {
    const group = cgroupV1({ mounts, own })?.create('left', limits);
    const [left, other] = [1, 2].map(() => spawn('sleep', ['60'])) as [ChildProcess, ChildProcess];
    put('v1/pids/left/cgroup.procs', `0\n${left.pid}\n`);
    const removed = group?.remove();
    expect((await once(left, 'exit'))[1]).toBe('SIGKILL');
    for (const folder of ['memory/job', 'pids', 'cpu,cpuacct/job'])
      rmSync(join(root, 'v1', folder, 'left'), { recursive: true, force: true });
    expect(await removed).toBe(true);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    other.kill();
  });

  it('is not offered where a controller is missing', () => {
    expect(cgroupV1({ mounts: mounts.split('\n').slice(1).join('\n'), own })).toBeUndefined();
  });
});

describe('cgroup v2', () => {
  const mounts = `cgroup2 ${root}/v2 cgroup2 rw 0 0`;

  it('is not offered by a mount without controllers', () => {
    put('v2/cgroup.controllers', '\n');
    expect(cgroupV2({ mounts, own: '0::/' })).toBeUndefined();
    expect(existsSync(join(root, 'v2', 'box'))).toBe(false);
  });

  it('is not offered where children do not get the files they need', () => {
    put('v2/cgroup.controllers', 'cpu memory pids\n');
    put('v2/cgroup.subtree_control', 'memory pids\n');
    expect(cgroupV2({ mounts, own: '0::/' })).toBeUndefined();
  });
});

/** A folder of cgroup v2 that gives its children the files that a kernel gives, since nobody but a kernel makes them with the folder. */
const kernelFiles = ['memory.max', 'memory.swap.max', 'memory.oom.group', 'pids.max', 'cpu.max', 'cgroup.procs'];

describe('cgroup v2 in a hierarchy that is a folder', () => {
  const mounts = `cgroup2 ${root}/full cgroup2 rw 0 0`;
  const offered = (own: string) => {
    put('full/cgroup.controllers', 'cpu memory pids\n');
    put('full/cgroup.subtree_control', 'cpu memory pids\n');
    return cgroupV2({ mounts, own }, folder => {
      mkdirSync(folder);
      for (const file of kernelFiles) writeFileSync(join(folder, file), '');
      return () => rmSync(folder, { recursive: true });
    });
  };

  it('limits memory, processes and CPUs of a group below the nearest folder that offers them', () => {
    mkdirSync(join(root, 'full/session'), { recursive: true });
    const driver = offered('0::/session');
    expect([driver?.name, driver?.folders]).toEqual(['cgroup v2', [join(root, 'full')]]);
    const group = driver?.create('box', { ...limits, cpus: 2 });
    const files = ['memory.max', 'memory.swap.max', 'memory.oom.group', 'pids.max', 'cpu.max'].map(file => get(`full/box/${file}`));
    expect(files).toEqual(['1000000', '0', '1', '64', '200000 100000']);
    expect(group?.joinFiles).toEqual([join(root, 'full/box/cgroup.procs')]);
  });

  it.each([
    ['oom 0\noom_kill 0', undefined],
    ['oom 2\noom_kill 1', 'own'],
    ['oom 0\noom_kill 1', 'above'],
  ])('%j is a death of memory: %s', (events, death) => {
    const name = `dead-${death}`;
    const group = offered('0::/')?.create(name, limits);
    put(`full/${name}/memory.events`, `low 0\nhigh 0\nmax 5\n${events}\noom_group_kill 0\n`);
    put(`full/${name}/cpu.stat`, 'usage_usec 2500000\nuser_usec 1\n');
    put(`full/${name}/memory.peak`, '900000\n');
    expect([group?.memoryDeath(), group?.cpuMs(), group?.peakBytes()]).toEqual([death, 2500, 900_000]);
  });
});

describe('workers that a machine bears', () => {
  const gibibytes = 2 ** 30;
  it.each([
    [8, 64, 8],
    [8, 16, 2],
    [2, 64, 2],
    [8, 1, 1],
  ])('%i CPUs and %i GiB: %i', (cpus, memory, workers) => {
    expect(workersFor(defaultLimits, { cpus, freeBytes: memory * gibibytes })).toBe(workers);
  });

  it('may all be at their limits at once', () => {
    const freeBytes = 100 * gibibytes;
    const workers = workersFor(defaultLimits, { cpus: 1000, freeBytes });
    expect(workers * (2 * defaultLimits.memoryBytes + converterBytes)).toBeLessThan(freeBytes);
  });
});

describe('this machine', () => {
  it('offers some driver, and only the watchdog calls itself degraded', () => {
    const driver = groupDriver();
    expect(driver.degraded).toBe(driver.name === 'watchdog');
  });
});
