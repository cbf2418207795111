import { LabError } from '../../tensor/errors.ts';
import { type Layout, type PlacedArray, poison, viewAt } from './layout.ts';

/**
 * Looks at everything that a call must not have written: bytes between arrays, and arrays that go in only.
 * @throws LabError `loops/out-of-bounds` with the array and how far outside; `loops/changed-input`.
 */
export function assertKept(memory: ArrayBufferLike, { arrays, bytes }: Layout, from: number): void {
  let start = from;
  for (const [i, array] of arrays.entries()) {
    assertPoison(memory, { start, end: array.address, before: arrays[i - 1], behind: array });
    if (array.use === 'in') assertUnchanged(memory, array);
    start = array.address + array.data.byteLength;
  }
  assertPoison(memory, { start, end: bytes, before: arrays.at(-1) });
}

interface Gap {
  readonly start: number;
  readonly end: number;
  readonly before?: PlacedArray | undefined;
  readonly behind?: PlacedArray;
}

function assertPoison(memory: ArrayBufferLike, { start, end, before, behind }: Gap): void {
  const gap = new Uint8Array(memory, start, end - start);
  const at = gap.findIndex(byte => byte !== poison);
  if (at < 0) return;
  const last = gap.findLastIndex(byte => byte !== poison);
  const isBehind = before !== undefined && (!behind || at < gap.length - last);
  const array = (isBehind ? before : behind) as PlacedArray;
  const elements = Math.ceil((isBehind ? last + 1 : gap.length - at) / array.data.BYTES_PER_ELEMENT);
  const side = isBehind ? 'behind the end' : 'before the start';
  throw new LabError(
    'loops/out-of-bounds',
    `The loop wrote ${elements === 1 ? 'the element' : `${elements} elements`} ${side} of ${array.name}, which has ${array.data.length}.`,
    'Look at the last step of each loop: which index does it reach?',
  );
}

function assertUnchanged(memory: ArrayBufferLike, array: PlacedArray): void {
  const now = new Uint8Array(memory, array.address, array.data.byteLength);
  const was = new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength);
  const at = now.findIndex((byte, i) => byte !== was[i]);
  if (at < 0) return;
  const index = Math.floor(at / array.data.BYTES_PER_ELEMENT);
  const [before, after] = [array.data[index], viewAt(memory, array)[index]];
  throw new LabError(
    'loops/changed-input',
    `The loop changed its input ${array.name}: element ${index} was ${before} and is ${after}.`,
    'Write to the output, or to a scratch array.',
  );
}
