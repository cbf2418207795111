import type { LoopArray, LoopCall, LoopData } from '../loop.ts';

/** Where an array lies in a loop's memory. */
export interface PlacedArray extends LoopArray {
  readonly address: number;
}

/** A memory in which the arrays of a call have their places. */
export interface Layout {
  readonly arrays: readonly PlacedArray[];
  /** Bytes in all, whole pages. */
  readonly bytes: number;
}

const line = 64;
const page = 65_536;
/** What fills every byte that holds no data: as float32 it is −2.87e-16, as int8 −91, and nobody computes it by chance for long. */
export const poison = 0xa5;
/** What an `out` array of float32 is filled with: a NaN that no arithmetic makes. */
const poisonNaN = 0x7fa5a5a5;

/** Places arrays behind `from`, each at a multiple of 64 bytes with at least 64 bytes of poison before and behind it, in the order of the arguments. */
export function layOut(call: LoopCall, from: number): Layout {
  let end = Math.ceil(from / line) * line + line;
  const arrays = call.args.flatMap(arg => {
    if (typeof arg === 'number') return [];
    const address = end;
    end = Math.ceil((address + arg.data.byteLength) / line) * line + line;
    return [{ ...arg, address }];
  });
  return { arrays, bytes: Math.ceil(end / page) * page };
}

/** A view on an array's place. */
export function viewAt(memory: ArrayBufferLike, { address, data }: PlacedArray): LoopData {
  const View = data.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => LoopData;
  return new View(memory, address, data.length);
}

/** Fills the memory behind `from` as it has to be before a call: data where there is some, poison everywhere else. */
export function fill(memory: ArrayBufferLike, layout: Layout, from: number): void {
  new Uint8Array(memory, from).fill(poison);
  for (const array of layout.arrays) {
    const view = viewAt(memory, array);
    if (array.use === 'in' || array.use === 'inout') view.set(array.data as never);
    else if (array.use === 'out' && view instanceof Float32Array) new Int32Array(memory, array.address, view.length).fill(poisonNaN);
  }
}
