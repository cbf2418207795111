import type { Random } from '../../../../../lib/tensor/random.ts';

type Change = (bytes: Uint8Array, random: Random) => Uint8Array;

const at = (random: Random, end: number): number => random.int(0, end - 1);

/** A word of 32 bits that stands on its own boundary, as offsets do; most of them near the ends, where the tables are. */
const word = (bytes: Uint8Array, random: Random): number => {
  const words = Math.floor(bytes.length / 4);
  const near = Math.min(words, 2500);
  const which = random.next() < 0.8 ? (random.next() < 0.5 ? at(random, near) : words - 1 - at(random, near)) : at(random, words);
  return 4 * which;
};

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** What is done to a file, by name. */
export const changes: Readonly<Record<string, Change>> = {
  'one bit': (bytes, random) => {
    const place = word(bytes, random) + at(random, 4);
    bytes[place] = (bytes[place] as number) ^ (1 << at(random, 8));
    return bytes;
  },
  'cut off': (bytes, random) => bytes.subarray(0, at(random, bytes.length)),
  'huge number': (bytes, random) => {
    view(bytes).setUint32(word(bytes, random), [0xffffffff, 0x7fffffff, 0x80000000, 0xfffffff0][at(random, 4)] as number, true);
    return bytes;
  },
  'small number': (bytes, random) => {
    view(bytes).setUint32(word(bytes, random), at(random, 200), true);
    return bytes;
  },
  'offset to another place': (bytes, random) => {
    const from = word(bytes, random);
    view(bytes).setUint32(from, word(bytes, random) - from, true);
    return bytes;
  },
  'a stretch of other bytes': (bytes, random) => {
    const [from, to] = [word(bytes, random), word(bytes, random)];
    bytes.copyWithin(to, from, from + 4 * (1 + at(random, 16)));
    return bytes;
  },
  'a stretch of noise': (bytes, random) => {
    const from = word(bytes, random);
    for (let i = from; i < Math.min(bytes.length, from + 1 + at(random, 32)); i++) bytes[i] = at(random, 256);
    return bytes;
  },
  'byte set': (bytes, random) => {
    bytes[word(bytes, random) + at(random, 4)] = [0, 1, 2, 17, 127, 128, 255][at(random, 7)] as number;
    return bytes;
  },
};

/** A copy of a file with one to three changes, and which they were. */
export function mutated(file: Uint8Array, random: Random): { readonly bytes: Uint8Array; readonly done: readonly string[] } {
  const names = Object.keys(changes);
  const done = Array.from({ length: 1 + at(random, 3) }, () => names[at(random, names.length)] as string);
  let bytes: Uint8Array = file.slice();
  for (const name of done) if (bytes.length >= 16) bytes = (changes[name] as Change)(bytes, random);
  return { bytes, done };
}
