// 32-bit words with lanes in them, as a Cortex-M4 sees them.

/** The two 16-bit lanes of a word, low first, with their signs. */
export const halves = (word: number): readonly [low: number, high: number] =>
  Array.from(new Int16Array(Int32Array.of(word).buffer)) as [number, number];

/** The four bytes of a word, low first, with their signs. */
export const bytesOf = (word: number): number[] => Array.from(new Int8Array(Int32Array.of(word).buffer));

/** A word of two lanes. */
export const joined = (low: number, high: number): number => new Int32Array(Int16Array.of(low, high).buffer)[0] as number;

/** A word of four bytes. */
export const packedBytes = (bytes: readonly number[]): number => new Int32Array(Int8Array.from(bytes).buffer)[0] as number;

/** The 32 bits that a register keeps of a whole number. */
export const register = (value: number): number => Int32Array.of(value)[0] as number;

/** Two words of two lanes, and what is added. */
export interface Operands {
  readonly a: number;
  readonly b: number;
  readonly sum: number;
}

/** What may go wrong in a multiplication of two pairs of lanes. */
export interface PairSlips {
  readonly lanes?: (word: number) => readonly [number, number];
  readonly pair?: (a: readonly [number, number], b: readonly [number, number]) => number;
  readonly keep?: (total: number) => number;
  readonly start?: (sum: number) => number;
}

/** sum + low · low + high · high in a register of 32 bits. */
export function pairProduct({ a, b, sum }: Operands, slips: PairSlips = {}): number {
  const { lanes = halves, pair = ([al, ah], [bl, bh]) => al * bl + ah * bh, keep = register, start = s => s } = slips;
  return keep(pair(lanes(a), lanes(b)) + start(sum));
}

/** Two bytes of a word as lanes of 16 bits, after the word was turned to the right by this many bits. */
export function widened(word: number, turn: number, pick: readonly [number, number] = [0, 2]): number {
  const all = bytesOf(word);
  const [low, high] = pick.map(at => all[(at + turn / 8) % 4] as number);
  return joined(low as number, high as number);
}
