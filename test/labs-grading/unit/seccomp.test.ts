import { describe, expect, it } from 'vitest';
import { allowedCalls } from '../../../labs-grading/run/inside/allowed-calls.ts';
import { type SystemCalls, systemCalls } from '../../../labs-grading/run/inside/syscalls.ts';
import { assemble, filterProgram } from '../../../labs-grading/run/seccomp.ts';

interface Call {
  readonly number: number;
  readonly machine?: number;
  readonly argument?: number;
}

interface Filter {
  readonly calls: SystemCalls;
  readonly allowed: readonly number[];
}

/** Runs a filter as the kernel does: Linux, Documentation/networking/filter.rst. */
function verdict({ calls, allowed }: Filter, { number, machine = calls.machine, argument = 0 }: Call): string {
  const bytes = assemble(filterProgram(calls, allowed));
  const data = new Map([
    [0, number],
    [4, machine],
    [16, argument],
  ]);
  let accumulator = 0;
  for (let at = 0; at < bytes.length; at += 8) {
    const [code, yes, no, operand] = [bytes.readUInt16LE(at), bytes[at + 2] ?? 0, bytes[at + 3] ?? 0, bytes.readUInt32LE(at + 4)];
    if (code === 0x06)
      return operand === 0x7fff0000 ? 'allow' : operand === 0x00050001 ? 'EPERM' : operand === 0x00050026 ? 'ENOSYS' : 'other';
    if (code === 0x20) accumulator = data.get(operand) ?? Number.NaN;
    else if (code === 0x15) at += 8 * (accumulator === operand ? yes : no);
    else if (code === 0x35) at += 8 * (accumulator >= operand ? yes : no);
    else if (code === 0x45) at += 8 * ((accumulator & operand) !== 0 ? yes : no);
    else throw new Error(`code ${code}`);
  }
  throw new Error('the program ran off its end');
}

describe.each(['x64', 'arm64'])('the filter of system calls on %s', architecture => {
  const calls = systemCalls(architecture) as SystemCalls;
  const names = allowedCalls(architecture);
  const filter = { calls, allowed: Object.values(names) };

  it('lets the calls through that it names, and no other: a kernel to come may have more', () => {
    const [refused, allowed] = [new Set(Object.values(calls.refused)), new Set(filter.allowed)];
    for (const number of [...Array(1000).keys(), 0x3fff_ffff]) {
      if (number === calls.socket) continue;
      const expected = refused.has(number) ? 'EPERM' : allowed.has(number) ? 'allow' : 'ENOSYS';
      expect([number, verdict(filter, { number })]).toEqual([number, expected]);
    }
  });

  it('names every call once, none of them among the refused', () => {
    expect(Object.keys(names).length).toBeGreaterThan(180);
    expect(new Set(filter.allowed).size).toBe(filter.allowed.length);
    expect(filter.allowed.every(Number.isSafeInteger)).toBe(true);
    expect(filter.allowed.filter(number => Object.values(calls.refused).includes(number))).toEqual([]);
    for (const name of ['setns', 'unshare', 'chroot', 'clone3', 'init_module', 'reboot', 'personality', 'io_uring_setup', 'shmget'])
      expect(names).not.toHaveProperty(name);
    expect([names.socket, names.clone]).toEqual([calls.socket, calls.clone]);
  });

  it('refuses sockets of all families but four', () => {
    for (const family of [0, 1, 2, 3, 10, 16, 17, 38, 39, 40, 41, 44])
      expect(verdict(filter, { number: calls.socket, argument: family })).toBe([1, 2, 10, 16].includes(family) ? 'allow' : 'EPERM');
  });

  it('refuses processes in new namespaces', () => {
    const threads = 0x003d_0f00;
    expect(verdict(filter, { number: calls.clone, argument: threads })).toBe('allow');
    for (const flag of [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000])
      expect(verdict(filter, { number: calls.clone, argument: flag | 17 })).toBe('EPERM');
  });

  it('refuses calls in the form of another machine', () => {
    expect(verdict(filter, { number: 4, machine: 0x40000003 })).toBe('EPERM');
    expect(verdict(filter, { number: 0x40000000 })).toBe('EPERM');
  });
});
