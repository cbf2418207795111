import { type ByteReader, ByteWriter } from './bytes.ts';
import { codes, readInstruction } from './instruction.ts';
import { valueTypes } from './memory-access.ts';
import { isCounted, startsBlock } from './rewrite-function.ts';
import { readLocals } from './sections.ts';

const noResult = 0x40;
/** How many bytes of a range that is copied or filled at once cost as much as an instruction, as a power of two. */
const rangeShift = 4;

/**
 * Writes one function anew so that it takes what it does from the global `left`, a stretch without a branch at a time, and stops where a loop or the function
 * begins with less than nothing left. Ranges that are copied or filled cost by their length.
 */
export function limitFunction(body: ByteReader, { parameters, left }: { readonly parameters: number; readonly left: number }): ByteWriter {
  const locals = readLocals(body);
  const spare = parameters + locals.reduce((sum, [count]) => sum + count, 0);
  const out = new ByteWriter().unsigned(locals.length + 1);
  for (const [count, type] of locals) out.unsigned(count).bytes([type]);
  out.unsigned(1).bytes([valueTypes.i32]);
  let [block, instructions, looks] = [new ByteWriter(), 0, true];
  const close = (): void => void out.append(paid({ instructions, left, looks })).append(block);
  while (!body.done) {
    const start = body.at;
    const { code } = readInstruction(body);
    if (code === codes.memoryCopy || code === codes.memoryFill) block.append(paidRange(spare, left));
    block.bytes(body.since(start));
    if (isCounted(code)) instructions++;
    if (!startsBlock(code) || body.done) continue;
    close();
    [block, instructions, looks] = [new ByteWriter(), 0, code === codes.loop];
  }
  close();
  return out;
}

/** `left −= instructions; if (left < 0) stop`. */
function paid({
  instructions,
  left,
  looks,
}: {
  readonly instructions: number;
  readonly left: number;
  readonly looks: boolean;
}): ByteWriter {
  const out = new ByteWriter();
  if (instructions > 0)
    out
      .bytes([codes.globalGet])
      .unsigned(left)
      .bytes([codes.i64Const])
      .signed(instructions)
      .bytes([codes.i64Sub, codes.globalSet])
      .unsigned(left);
  if (looks)
    out.bytes([codes.globalGet]).unsigned(left).bytes([codes.i64Const, 0, codes.i64LtS, codes.if, noResult, codes.unreachable, codes.end]);
  return out;
}

/** `left −= bytes >> 4`, where the bytes lie on top of the stack and stay there. */
function paidRange(spare: number, left: number): ByteWriter {
  const out = new ByteWriter().bytes([codes.localTee]).unsigned(spare).bytes([codes.globalGet]).unsigned(left);
  out.bytes([codes.localGet]).unsigned(spare).bytes([codes.i32Const, rangeShift, codes.i32ShrU, codes.i64ExtendU]);
  return out.bytes([codes.i64Sub, codes.globalSet]).unsigned(left);
}
