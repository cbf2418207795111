import { type EmitOptions, emitC, type McuSource } from '../emit-c/emit-c.ts';
import type { Program } from '../program.ts';
import type { McuBoard } from './cores.ts';

/** How a program is written in C for a device. */
export interface SourceOptions extends Omit<EmitOptions, 'core' | 'weightBits'> {
  /**
   * Bits of a stored weight of convolutions and dense layers with SMLAD: 8 by default; 16 take fewer instructions and twice the flash; `'auto'` spends what the device's flash
   * has left on 16 bits, where they save most. Instructions are counted, not the time that flash takes to answer: a slow one may take back what 16 bits save.
   */
  readonly weightBits?: 8 | 16 | 'auto';
}

/** Bytes of code at most: what is there once, and a file's. The networks of MLPerf Tiny and MCUNet take half of it. */
const codeBytes = (files: number): number => 16 * 1024 + 2048 * files;

/**
 * A program as C for a device.
 * @throws LabError `deploy/weight-bits`; the errors of `emitC`.
 */
export function sourceFor(program: Program, { core, flash }: McuBoard, options: SourceOptions): McuSource {
  const { schedules, plan, weightBits = 8 } = options;
  const given = { core, ...(schedules && { schedules }), ...(plan && { plan }) };
  if (weightBits !== 'auto') return emitC(program, { ...given, weightBits });
  const narrow = emitC(program, given);
  const sources = Object.keys(narrow.files).filter(name => name.endsWith('.c')).length;
  const extraBytes = flash - narrow.constantBytes - codeBytes(sources);
  return extraBytes > 0 ? emitC(program, { ...given, weightBits: { extraBytes } }) : narrow;
}
