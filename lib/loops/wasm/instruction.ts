import { LabError } from '../../tensor/errors.ts';
import type { ByteReader } from './bytes.ts';
import { accessOf, type MemoryAccess } from './memory-access.ts';
import { type Multiply, multiplyOf } from './multiply.ts';

/** What one instruction does, as far as it is counted. */
export interface Instruction {
  /** Its number; those behind a prefix p have 256 · p added. */
  readonly code: number;
  /** The function that is called. */
  readonly target?: number;
  readonly access?: MemoryAccess & { readonly offset: number };
  readonly multiply?: Multiply;
}

const vectors = 0xfd;
const others = 0xfc;
/** Instructions by their numbers. WebAssembly Core Specification 2.0, section 5.4. */
export const codes = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  i64LtS: 0x53,
  i32ShrU: 0x76,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64ExtendU: 0xad,
  memoryCopy: 0xfc0a,
  memoryFill: 0xfc0b,
} as const;

/** Reads the next instruction. @throws LabError `loops/source` for one that loops have no use for: indirect calls, tables, references, threads. */
export function readInstruction(reader: ByteReader): Instruction {
  const first = reader.byte();
  const prefixed = first === vectors || first === others;
  const code = prefixed ? first * 256 + reader.unsigned() : first;
  const access = accessOf(code);
  if (access) {
    reader.unsigned();
    const offset = reader.unsigned();
    if (access.lane) reader.skip(1);
    return { code, access: { ...access, offset } };
  }
  if (code === codes.call) return { code, target: reader.unsigned() };
  skipImmediates(reader, code);
  const multiply = multiplyOf(code);
  return { code, ...(multiply && { multiply }) };
}

function skipImmediates(reader: ByteReader, code: number): void {
  if (code >= codes.block && code <= codes.if) reader.skipNumber();
  else if (code === codes.br || code === codes.brIf || (code >= codes.localGet && code <= codes.globalSet)) reader.unsigned();
  else if (code === codes.brTable) for (let count = reader.unsigned(); count >= 0; count--) reader.unsigned();
  else if (code === 0x3f || code === codes.memoryGrow || code === codes.memoryFill) reader.skip(1);
  else if (code === codes.i32Const || code === codes.i64Const) reader.skipNumber();
  else if (code === 0x43) reader.skip(4);
  else if (code === 0x44) reader.skip(8);
  else if (code === codes.memoryCopy) reader.skip(2);
  else if (code >= vectors * 256) skipVector(reader, code - vectors * 256);
  else if (!isPlain(code))
    throw new LabError(
      'loops/source',
      `The loop has an instruction that is not counted here (0x${code.toString(16)}).`,
      'Leave calls through variables and tables out.',
    );
}

/** Without anything behind it. */
const isPlain = (code: number): boolean =>
  code === 0x00 ||
  [codes.nop, codes.else, codes.end, codes.return, 0x1a, 0x1b].includes(code as never) ||
  (code >= 0x45 && code <= 0xc4) ||
  (code >= others * 256 && code <= others * 256 + 7);

function skipVector(reader: ByteReader, code: number): void {
  // a constant, or a choice of 16 lanes; one lane
  if (code === 12 || code === 13) reader.skip(16);
  else if (code >= 21 && code <= 34) reader.skip(1);
}
