import { existsSync, readFileSync } from 'node:fs';
import { LabError } from '../../tensor/errors.ts';
import type { McuBoard } from './cores.ts';
import type { ElfFacts } from './elf.ts';

/** What the bits of the processor's fault status register (CFSR) say; Armv7-M Architecture Reference Manual, B3.2.15. */
const reasons: readonly (readonly [bit: number, words: string])[] = [
  [0, 'it was to execute what is no code'],
  [1, 'it read or wrote where it must not'],
  [8, 'it was to execute where there is no memory'],
  [9, 'it read or wrote where there is no memory'],
  [10, 'it wrote where there is no memory'],
  [16, 'an instruction is unknown to it'],
  [17, 'a jump went to no Thumb code'],
  [18, 'it returned to an address that is none'],
  [19, 'the coprocessor or FPU is off'],
  [20, 'the stack is used up'],
  [24, 'an address is not aligned'],
  [25, 'it divided by zero'],
];

/** What a fault is told with. */
export interface FaultContext {
  readonly build: ElfFacts;
  readonly board: McuBoard;
  /** Whether the stack grew over what lies below it. */
  readonly outOfStack: boolean;
}

/** The error `mcu/fault`, with the function and the reason that the program's last file names. */
export function faultError(file: string, { build, board, outOfStack }: FaultContext): LabError {
  const hint = 'That is no mistake of the network: report it with the program.';
  if (outOfStack)
    return new LabError(
      'mcu/fault',
      `The stack of the network did not fit in the SRAM of ${board.name}.`,
      'Take a larger device, or a smaller arena.',
    );
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  if (bytes.length < 20)
    return new LabError('mcu/fault', `The processor of ${board.name} stopped: a fault while it answered a fault.`, hint);
  const [at, status] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
  const inside = build.functions.find(({ address, bytes: length }) => at >= address && at < address + length);
  const why = reasons.filter(([bit]) => status & (1 << bit)).map(([, words]) => words);
  const addressed = [
    [7, 12],
    [15, 16],
  ].flatMap(([bit, offset]) => (status & (1 << (bit as number)) ? [bytes.readUInt32LE(offset as number)] : []));
  const told = [...why, ...addressed.map(address => `the address is 0x${address.toString(16)}`)].join(', ') || 'it did not say why';
  return new LabError(
    'mcu/fault',
    `The processor of ${board.name} refused to go on in ${inside?.name ?? `0x${at.toString(16)}`}: ${told}.`,
    hint,
  );
}
