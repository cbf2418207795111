import { LabError } from '../../tensor/errors.ts';
import type { LoopCall } from '../loop.ts';

const kinds = [Float32Array, Int32Array, Int16Array, Int8Array, Uint8Array];
const uses = ['in', 'out', 'inout', 'scratch'];
/** Bytes of all arrays of a call. */
const most = 512 * 2 ** 20;

/** @throws LabError `loops/call` for arguments that are neither finite numbers nor named arrays, or too large together. */
export function assertCall({ args }: LoopCall): void {
  const refuse = (message: string): never => {
    throw new LabError(
      'loops/call',
      message,
      "An argument is a number, or { name, data, use } with use 'in', 'out', 'inout' or 'scratch'.",
    );
  };
  if (!Array.isArray(args)) refuse('A call has a list of arguments.');
  const names = new Set<string>();
  let bytes = 0;
  for (const [i, arg] of args.entries()) {
    if (typeof arg === 'number') continue;
    if (typeof arg !== 'object' || arg === null || typeof arg.name !== 'string')
      refuse(`Argument ${i} is neither a number nor an array with a name.`);
    if (!kinds.some(kind => arg.data instanceof kind)) refuse(`The array ${arg.name} holds no float32, int32, int16, int8 or uint8.`);
    if (!uses.includes(arg.use)) refuse(`The array ${arg.name} is used as ${JSON.stringify(arg.use)}.`);
    if (names.has(arg.name)) refuse(`Two arrays are named ${arg.name}.`);
    names.add(arg.name);
    bytes += arg.data.byteLength;
  }
  if (bytes > most) refuse(`The arrays of this call take ${bytes} bytes; at most ${most} are taken.`);
}
