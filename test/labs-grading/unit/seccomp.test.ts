import { describe, expect, it } from 'vitest';
import { type SystemCalls, systemCalls } from '../../../labs-grading/run/inside/syscalls.ts';
import { assemble, filterProgram } from '../../../labs-grading/run/seccomp.ts';

interface Call {
  readonly number: number;
  readonly machine?: number;
  readonly argument?: number;
}

/** Runs a filter as the kernel does: Linux, Documentation/networking/filter.rst. */
function verdict(calls: SystemCalls, { number, machine = calls.machine, argument = 0 }: Call): string {
  const bytes = assemble(filterProgram(calls));
  const data = new Map([
    [0, number],
    [4, machine],
    [16, argument],
  ]);
  let accumulator = 0;
  for (let at = 0; at < bytes.length; at += 8) {
    const [code, yes, no, operand] = [bytes.readUInt16LE(at), bytes[at + 2] ?? 0, bytes[at + 3] ?? 0, bytes.readUInt32LE(at + 4)];
    if (code === 0x06) return operand === 0x7fff0000 ? 'allow' : operand === 0x00050001 ? 'EPERM' : 'other';
    if (code === 0x20) accumulator = data.get(operand) ?? Number.NaN;
    else if (code === 0x15) at += 8 * (accumulator === operand ? yes : no);
    else if (code === 0x35) at += 8 * (accumulator >= operand ? yes : no);
    else throw new Error(`code ${code}`);
  }
  throw new Error('the program ran off its end');
}

describe.each(['x64', 'arm64'])('the filter of system calls on %s', architecture => {
  const calls = systemCalls(architecture) as SystemCalls;

  it('refuses the calls that it names, and no other', () => {
    const refused = new Set(Object.values(calls.refused));
    for (let number = 0; number < 600; number++)
      expect([number, verdict(calls, { number })]).toEqual([number, refused.has(number) ? 'EPERM' : 'allow']);
  });

  it('refuses sockets to the host, and no other sockets', () => {
    for (const family of [1, 2, 10, 16, 39, 40, 41])
      expect(verdict(calls, { number: calls.socket, argument: family })).toBe(family === 40 ? 'EPERM' : 'allow');
  });

  it('refuses calls in the form of another machine', () => {
    expect(verdict(calls, { number: 4, machine: 0x40000003 })).toBe('EPERM');
    expect(verdict(calls, { number: 0x40000000 })).toBe('EPERM');
  });
});
