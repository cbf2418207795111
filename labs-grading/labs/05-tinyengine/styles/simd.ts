import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about words with lanes as other people write them.

export const simdStyles: readonly OtherStyle[] = spelled(
  'simd-words',
  `const lanesOf = (x: number) => new Int16Array(Int32Array.of(x).buffer);
function smlad(x: number, y: number, sum: number): number {
  const [a, b] = [lanesOf(x), lanesOf(y)];
  return Int32Array.of(sum + a[0]! * b[0]! + a[1]! * b[1]!)[0]!;
}
function sxtb16(x: number, turn: number): number {
  const bytes = new Int8Array(Int32Array.of(x).buffer);
  const first = turn / 8;
  return new Int32Array(Int16Array.of(bytes[first]!, bytes[first + 2]!).buffer)[0]!;
}
function dot(a: number[], b: number[]): number {
  return a.reduce((sum, word, i) => [0, 8].reduce((part, turn) => smlad(sxtb16(word, turn), sxtb16(b[i]!, turn), part), sum), 0);
}`,
  `const smlad = (x: number, y: number, sum: number): number =>
  (Math.imul(x >> 16, y >> 16) + ((Math.imul((x << 16) >> 16, (y << 16) >> 16) + sum) | 0)) | 0;
const sxtb16 = (x: number, turn: number): number => {
  const low = (x >> turn) & 255;
  const high = turn === 8 ? x >>> 24 : (x >> 16) & 255;
  const signed = (byte: number) => (byte > 127 ? byte - 256 : byte);
  return signed(high) * 65536 + (signed(low) & 0xffff);
};
const dot = (a: number[], b: number[]): number => {
  let sum = 0;
  for (const [i, word] of a.entries()) {
    const even = smlad(sxtb16(word, 0), sxtb16(b[i]!, 0), sum);
    sum = smlad(sxtb16(word, 8), sxtb16(b[i]!, 8), even);
  }
  return sum;
};`,
  `function smlad(x: number, y: number, sum: number): number {
  const lane = (word: number, at: 0 | 1) => BigInt.asIntN(16, BigInt(word) >> BigInt(16 * at));
  return Number(BigInt.asIntN(32, BigInt(sum) + lane(x, 0) * lane(y, 0) + lane(x, 1) * lane(y, 1)));
}
function sxtb16(x: number, turn: number): number {
  const byte = (at: number) => BigInt.asIntN(8, BigInt(x) >> BigInt(8 * at + turn));
  return Number(BigInt.asIntN(32, (byte(2) << 16n) | BigInt.asUintN(16, byte(0))));
}
function dot(a: number[], b: number[]): number {
  let odd = 0;
  for (let i = a.length - 1; i >= 0; i--) odd = smlad(sxtb16(a[i]!, 8), sxtb16(b[i]!, 8), odd);
  for (let i = 0; i < a.length; i++) odd = smlad(sxtb16(a[i]!, 0), sxtb16(b[i]!, 0), odd);
  return odd;
}`,
  `function ror(x: number, by: number): number {
  return by === 0 ? x : (x << (32 - by)) | (x >>> by);
}
function smlad(x: number, y: number, sum: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, x);
  view.setInt32(4, y);
  return (view.getInt16(2) * view.getInt16(6) + view.getInt16(0) * view.getInt16(4) + sum) | 0;
}
function sxtb16(x: number, turn: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, ror(x, turn));
  view.setInt16(4, view.getInt8(1));
  view.setInt16(6, view.getInt8(3));
  return view.getInt32(4);
}
function dot(a: number[], b: number[]): number {
  let sum = 0;
  a.forEach((x, i) => {
    const y = b[i]!;
    sum = smlad(sxtb16(x, 0), sxtb16(y, 0), sum);
    sum = smlad(sxtb16(ror(x, 8), 0), sxtb16(ror(y, 8), 0), sum);
  });
  return sum;
}`,
);
