import { LabError } from '../tensor/errors.ts';
import { memoryEnd } from './compile/prelude.ts';
import type { Loop } from './loop.ts';
import { wasm } from './web-assembly.ts';

const largest = 1 << 20;
const startSection = 8;

/**
 * Refuses modules that could do more than compute on the memory that they are given: imports besides that memory, code that runs before it is called,
 * anything offered that is no function.
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
  const exports = wasm.Module.exports(module);
  const odd = exports.find(({ kind }) => kind !== 'function');
  if (odd) refuse(`The loop offers ${odd.name}, which is no function.`, 'Export functions only: `const` without `export`.');
  if (!exports.some(({ name }) => name === memoryEnd)) refuse('These bytes were compiled by something else.', 'Use loops.compile.');
  if (sections(binary).includes(startSection))
    refuse(
      'The loop has code outside of its functions.',
      'Keep constants of plain numbers only outside; compute the rest inside of a function.',
    );
  if (functions.length === 0) refuse('The loop exports no function.', 'Write `export` before the function that is to be called.');
}

/** Ids of a module's sections, in order. */
function sections(binary: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < binary.length; ) {
    ids.push(binary[at++] as number);
    let [size, shift] = [0, 0];
    for (let byte = 0x80; byte & 0x80; shift += 7) {
      byte = binary[at++] as number;
      size += (byte & 0x7f) * 2 ** shift;
    }
    at += size;
  }
  return ids;
}
