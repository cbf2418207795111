import { endianness } from 'node:os';
import { allowedCalls } from './inside/allowed-calls.ts';
import { families, namespaceFlags, type SystemCalls, systemCalls } from './inside/syscalls.ts';

/** One instruction of classic BPF: code, jumps if true and if false (counted from the next instruction), operand. */
type Instruction = readonly [code: number, yes: number, no: number, operand: number];

// linux/bpf_common.h and linux/seccomp.h
const load = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const jumpIfAnyBit = 0x45;
const give = 0x06;
const allow = 0x7fff0000;
const refuseWithEperm = 0x00050001;
/** As if the kernel had no such call: 38 on every machine that we know. */
const refuseWithEnosys = 0x00050026;

// Offsets in struct seccomp_data.
const callNumber = 0;
const machine = 4;
const firstArgument = 16;

/** Numbers from here on are x86-64's second table of the same calls; on other machines there are none. */
const secondTable = 0x4000_0000;

/** Verdicts on runs of neighbouring numbers, from the lowest: the last one holds for all that follow. */
function runsOf(allowed: ReadonlySet<number>, refused: ReadonlySet<number>): { readonly from: number; readonly verdict: number }[] {
  const last = Math.max(...allowed, ...refused);
  const runs: { from: number; verdict: number }[] = [];
  for (let number = 0; number <= last + 1; number++) {
    const verdict = refused.has(number) ? refuseWithEperm : allowed.has(number) ? allow : refuseWithEnosys;
    if (runs.at(-1)?.verdict !== verdict) runs.push({ from: number, verdict });
  }
  return runs;
}

/**
 * The filter, a list of what is allowed: calls that Node and TensorFlow make pass, sockets of few families and new processes, but not new
 * namespaces, among them. Calls that have been ways out of sandboxes and those in the form of another machine get EPERM, and everything else
 * does not exist (ENOSYS): a call that a later kernel may have is not let through because nobody knew it.
 */
export function filterProgram({ machine: ours, socket, clone, refused }: SystemCalls, allowed: readonly number[]): Instruction[] {
  const runs = runsOf(new Set(allowed), new Set(Object.values(refused)));
  return [
    [load, 0, 0, machine],
    [jumpIfEqual, 1, 0, ours],
    [give, 0, 0, refuseWithEperm],
    [load, 0, 0, callNumber],
    [jumpIfAtLeast, 0, 1, secondTable],
    [give, 0, 0, refuseWithEperm],
    [jumpIfEqual, 0, families.length + 3, socket],
    [load, 0, 0, firstArgument],
    ...families.map((family, i): Instruction => [jumpIfEqual, families.length - i, 0, family]),
    [give, 0, 0, refuseWithEperm],
    [give, 0, 0, allow],
    [jumpIfEqual, 0, 4, clone],
    [load, 0, 0, firstArgument],
    [jumpIfAnyBit, 0, 1, namespaceFlags],
    [give, 0, 0, refuseWithEperm],
    [give, 0, 0, allow],
    ...runs.reverse().flatMap(({ from, verdict }): Instruction[] => [
      [jumpIfAtLeast, 0, 1, from],
      [give, 0, 0, verdict],
    ]),
    [give, 0, 0, refuseWithEnosys],
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
export const systemCallFilter: Buffer | undefined = calls && assemble(filterProgram(calls, Object.values(allowedCalls(process.arch))));
