import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { groupDriver } from '../../../labs-grading/run/cgroup.ts';
import { cgroupV1 } from '../../../labs-grading/run/cgroup-v1.ts';
import { cgroupV2 } from '../../../labs-grading/run/cgroup-v2.ts';

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

  it('reads kills from oom_kill and never from failcnt', () => {
    const group = cgroupV1({ mounts, own })?.create('counted', limits);
    put('v1/memory/job/counted/memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n');
    put('v1/memory/job/counted/memory.failcnt', '0');
    put('v1/cpu,cpuacct/job/counted/cpuacct.usage', '2500000000\n');
    expect([group?.memoryKills(), group?.cpuMs()]).toEqual([3, 2500]);
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

describe('this machine', () => {
  it('offers some driver, and only the watchdog calls itself degraded', () => {
    const driver = groupDriver();
    expect(driver.degraded).toBe(driver.name === 'watchdog');
  });
});
