import { endianness } from 'node:os';
import { type SystemCalls, systemCalls, vsock } from './inside/syscalls.ts';

/** One instruction of classic BPF: code, jumps if true and if false (counted from the next instruction), operand. */
type Instruction = readonly [code: number, yes: number, no: number, operand: number];

// linux/bpf_common.h and linux/seccomp.h
const load = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const give = 0x06;
const allow = 0x7fff0000;
const refuseWithEperm = 0x00050001;

// Offsets in struct seccomp_data.
const callNumber = 0;
const machine = 4;
const firstArgument = 16;

/** Numbers from here on are x86-64's second table of the same calls; on other machines there are none. */
const secondTable = 0x4000_0000;

/** The filter: refused calls, sockets to the host, and calls in the form of another machine get EPERM; everything else passes. */
export function filterProgram({ machine: ours, socket, refused }: SystemCalls): Instruction[] {
  const numbers = Object.values(refused);
  const allowed = numbers.length;
  // What follows the comparisons: allow, load the family, compare, allow, refuse.
  const [family, refusal] = [allowed + 1, allowed + 4];
  return [
    [load, 0, 0, machine],
    [jumpIfEqual, 1, 0, ours],
    [give, 0, 0, refuseWithEperm],
    [load, 0, 0, callNumber],
    [jumpIfAtLeast, refusal + 1, 0, secondTable],
    [jumpIfEqual, family, 0, socket],
    ...numbers.map((number, i): Instruction => [jumpIfEqual, refusal - i - 1, 0, number]),
    [give, 0, 0, allow],
    [load, 0, 0, firstArgument],
    [jumpIfEqual, 1, 0, vsock],
    [give, 0, 0, allow],
    [give, 0, 0, refuseWithEperm],
  ];
}

/** The bytes of a program, as `bwrap --seccomp` reads them: struct sock_filter in the machine's own byte order. */
export function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(8 * program.length);
  const little = endianness() === 'LE';
  for (const [i, [code, yes, no, operand]] of program.entries()) {
    if (little) bytes.writeUInt16LE(code, 8 * i);
    else bytes.writeUInt16BE(code, 8 * i);
    bytes.writeUInt8(yes, 8 * i + 2);
    bytes.writeUInt8(no, 8 * i + 3);
    if (little) bytes.writeUInt32LE(operand, 8 * i + 4);
    else bytes.writeUInt32BE(operand, 8 * i + 4);
  }
  return bytes;
}

const calls = systemCalls(process.arch);

/** The filter of this machine, or undefined where its numbers are not known. */
export const systemCallFilter: Buffer | undefined = calls && assemble(filterProgram(calls));
