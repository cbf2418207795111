import { LabError } from '../tensor/errors.ts';
import { memoryEnd } from './compile/prelude.ts';
import type { Loop } from './loop.ts';
import { codes, readInstruction } from './wasm/instruction.ts';
import { bodiesOf, exportedFunction, readLocals, sectionIds, sectionsOf } from './wasm/sections.ts';
import { wasm } from './web-assembly.ts';

const largest = 1 << 20;
/** The most that constants may take. */
const largestConstants = 2 ** 24;

/**
 * Refuses modules that could do more than compute on the memory that they are given: imports besides that memory, code that runs before it is called,
 * anything offered that is no function, a memory that grows, calls through tables.
 * @throws LabError `loops/source`
 */
export function assertLoop({ binary, functions }: Pick<Loop, 'binary' | 'functions'>): void {
  const refuse = (message: string, hint: string): never => {
    throw new LabError('loops/source', message, hint);
  };
  if (binary.length > largest) refuse(`The compiled loop has ${binary.length} bytes; at most ${largest} are taken.`, 'Unroll less.');
  if (!wasm.validate(binary)) refuse('These bytes are no WebAssembly module.', 'Compile the text again.');
  const module = new wasm.Module(binary);
  const stray = wasm.Module.imports(module).find(({ module: from, name }) => `${from}.${name}` !== 'env.memory');
  if (stray)
    refuse(
      `The loop asks for ${stray.module}.${stray.name} from outside.`,
      'A loop computes on its arguments; leave `declare` and calls of the host out.',
    );
  const odd = wasm.Module.exports(module).find(({ kind }) => kind !== 'function');
  if (odd) refuse(`The loop offers ${odd.name}, which is no function.`, 'Export functions only: `const` without `export`.');
  constantsEnd(binary);
  const parts = sectionsOf(binary);
  if (parts.has(sectionIds.start))
    refuse(
      'The loop has code outside of its functions.',
      'Keep constants of plain numbers only outside; compute the rest inside of a function.',
    );
  assertInstructions(parts.get(sectionIds.code));
  if (functions.length === 0) refuse('The loop exports no function.', 'Write `export` before the function that is to be called.');
}

/**
 * How many bytes at the beginning of the memory belong to the loop itself: its constants. The compiler writes it down as one number; nothing is run for it.
 * @throws LabError `loops/source` for bytes that do not tell, or more than 16 MB.
 */
export function constantsEnd(binary: Uint8Array): number {
  const parts = sectionsOf(binary);
  const index = exportedFunction(parts.get(sectionIds.export), memoryEnd);
  const body = index === undefined ? undefined : bodiesOf(parts.get(sectionIds.code))[index];
  if (!body || readLocals(body).length > 0 || body.byte() !== codes.i32Const)
    throw new LabError('loops/source', 'These bytes were compiled by something else.', 'Use loops.compile.');
  const end = body.unsigned();
  if (end > largestConstants)
    throw new LabError('loops/source', 'The constants of a loop take at most 16 MB.', 'Give large tables as arguments.');
  return end;
}

/** Reads every instruction, so that none is there that loops have no use for: tables, references, threads, a memory that grows. */
function assertInstructions(code: Uint8Array | undefined): void {
  for (const body of bodiesOf(code)) {
    readLocals(body);
    while (!body.done)
      if (readInstruction(body).code === codes.memoryGrow)
        throw new LabError(
          'loops/source',
          'The loop makes its memory larger (memory.grow).',
          'A loop works in the arrays that it is given: take a scratch array as an argument, or memory.data(BYTES) for a fixed piece of memory.',
        );
  }
}
