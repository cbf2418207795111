import { type ByteReader, ByteWriter } from './bytes.ts';
import { codes, type Instruction, readInstruction } from './instruction.ts';
import { type ValueType, valueTypes } from './memory-access.ts';
import { readLocals } from './sections.ts';

/** A load or store of a module. */
export interface AccessSite {
  readonly bytes: number;
  readonly write: boolean;
}

/** What runs each time that a stretch of code without a branch runs. */
export interface CountedBlock {
  /** All but brackets (block, loop, else, end) and nop. */
  instructions: number;
  /** Conditional ones: the tests of loops and of ifs. */
  branches: number;
  calls: number;
  /** Lanes of floats and of vectors. */
  multiplies: number;
  /** Whole numbers outside of vectors, addresses among them. */
  scalarMultiplies: number;
}

const brackets: readonly number[] = [codes.nop, codes.block, codes.loop, codes.else, codes.end];
/** Whether an instruction is counted. */
export const isCounted = (code: number): boolean => !brackets.includes(code);
const conditional: readonly number[] = [codes.if, codes.brIf, codes.brTable];
/** Behind these another stretch begins; what follows a jump is reached through the end of its bracket only. */
const starting: readonly number[] = [codes.loop, codes.if, codes.else, codes.end, codes.brIf];
/** Whether another stretch begins behind an instruction. */
export const startsBlock = (code: number): boolean => starting.includes(code);

/** Where a function keeps what lies on the stack while an access is told. */
const spare: readonly ValueType[] = ['i32', 'i32', 'i32', 'i64', 'f32', 'f64', 'v128'];
const spareOf: Readonly<Record<ValueType, number>> = { i32: 1, i64: 3, f32: 4, f64: 5, v128: 6 };
const [touch, span] = [0, 1];

/** Writes functions anew, one after the other, with counters and calls in them. */
export class FunctionRewriter {
  readonly blocks: CountedBlock[] = [];
  readonly sites: AccessSite[] = [];
  readonly #moved: number;
  readonly #firstCounter: number;
  #out = new ByteWriter();
  #spare = 0;

  /** `moved`: by how many the functions move on; `firstCounter`: the global of the first block. */
  constructor({ moved, firstCounter }: { readonly moved: number; readonly firstCounter: number }) {
    this.#moved = moved;
    this.#firstCounter = firstCounter;
  }

  /** One function: its locals and its code. */
  rewrite(reader: ByteReader, parameters: number): ByteWriter {
    this.#out = new ByteWriter();
    this.#locals(reader, parameters);
    let block = this.#startBlock();
    while (!reader.done) {
      const start = reader.at;
      const instruction = readInstruction(reader);
      this.#before(instruction);
      if (instruction.target === undefined) this.#out.bytes(reader.since(start));
      else this.#out.bytes([codes.call]).unsigned(instruction.target + this.#moved);
      count(block, instruction);
      if (startsBlock(instruction.code) && !reader.done) block = this.#startBlock();
    }
    return this.#out;
  }

  #locals(reader: ByteReader, parameters: number): void {
    const groups = readLocals(reader);
    this.#out.unsigned(groups.length + spare.length);
    let count = parameters;
    for (const [size, type] of groups) {
      count += size;
      this.#out.unsigned(size).bytes([type]);
    }
    for (const type of spare) this.#out.unsigned(1).bytes([valueTypes[type]]);
    this.#spare = count;
  }

  #startBlock(): CountedBlock {
    const global = this.#firstCounter + this.blocks.length;
    this.#out.bytes([codes.globalGet]).unsigned(global).bytes([codes.i64Const, 1, codes.i64Add, codes.globalSet]).unsigned(global);
    const block = { instructions: 0, branches: 0, calls: 0, multiplies: 0, scalarMultiplies: 0 };
    this.blocks.push(block);
    return block;
  }

  /** Tells of an access before it happens: whatever lies above its address is laid aside and put back. */
  #before({ code, access }: Instruction): void {
    if (code === codes.memoryCopy || code === codes.memoryFill) this.#tellSpan(code === codes.memoryCopy);
    if (!access) return;
    const { above, offset, bytes, write } = access;
    if (above) this.#local(codes.localSet, spareOf[above]);
    this.#local(codes.localTee, 0);
    this.#local(codes.localGet, 0);
    // the offset may have 32 bits: as a signed number it wraps as addresses do
    this.#out.bytes([codes.i32Const]).signed(offset).bytes([0x6a]);
    this.#out.bytes([codes.i32Const]).signed(this.sites.length);
    this.#out.bytes([codes.call]).unsigned(touch);
    if (above) this.#local(codes.localGet, spareOf[above]);
    this.sites.push({ bytes, write });
  }

  /** `to, from, bytes` of a copy; `to, value, bytes` of a fill, which is told with −1. */
  #tellSpan(copy: boolean): void {
    for (const local of [2, 1, 0]) this.#local(codes.localSet, local);
    this.#local(codes.localGet, 0);
    if (copy) this.#local(codes.localGet, 1);
    else this.#out.bytes([codes.i32Const]).signed(-1);
    this.#local(codes.localGet, 2);
    this.#out.bytes([codes.call]).unsigned(span);
    for (const local of [0, 1, 2]) this.#local(codes.localGet, local);
  }

  #local(code: number, index: number): void {
    this.#out.bytes([code]).unsigned(this.#spare + index);
  }
}

function count(block: CountedBlock, { code, target, multiply }: Instruction): void {
  if (isCounted(code)) block.instructions++;
  if (conditional.includes(code)) block.branches++;
  if (target !== undefined) block.calls++;
  if (multiply?.scalarInteger) block.scalarMultiplies++;
  else block.multiplies += multiply?.lanes ?? 0;
}
