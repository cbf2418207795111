/** Types of values, as the binary format writes them. */
export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

/** What a load or store touches. */
export interface MemoryAccess {
  readonly bytes: number;
  readonly write: boolean;
  /** What lies above the address on the stack; a plain load has nothing there. */
  readonly above?: ValueType;
  /** Whether a lane's number stands behind it. */
  readonly lane: boolean;
}

const load = (bytes: number): MemoryAccess => ({ bytes, write: false, lane: false });
const store = (bytes: number, above: ValueType): MemoryAccess => ({ bytes, write: true, above, lane: false });
const lane = (bytes: number, write: boolean): MemoryAccess => ({ bytes, write, above: 'v128', lane: true });

/** From 0x28 on: loads of i32, i64, f32, f64; of parts of i32 and of i64; stores in the same order. */
const scalars: readonly MemoryAccess[] = [
  ...[4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4].map(load),
  ...[store(4, 'i32'), store(8, 'i64'), store(4, 'f32'), store(8, 'f64')],
  ...[store(1, 'i32'), store(2, 'i32'), store(1, 'i64'), store(2, 'i64'), store(4, 'i64')],
];
const firstScalar = 0x28;

/** Of vectors, from 0 on: a whole one, halves that are widened, one value for all lanes, and the store. */
const vectors: readonly MemoryAccess[] = [...[16, 8, 8, 8, 8, 8, 8, 1, 2, 4, 8].map(load), store(16, 'v128')];
/** From 84 on: one lane, into and out of a vector; one value with zeros behind it. */
const lanes: readonly MemoryAccess[] = [
  ...[1, 2, 4, 8].map(bytes => lane(bytes, false)),
  ...[1, 2, 4, 8].map(bytes => lane(bytes, true)),
  load(4),
  load(8),
];
const firstVector = 0xfd00;
const firstLane = firstVector + 84;

/** What an instruction touches in memory; undefined when it is no load or store. */
export function accessOf(code: number): MemoryAccess | undefined {
  return scalars[code - firstScalar] ?? vectors[code - firstVector] ?? lanes[code - firstLane];
}
