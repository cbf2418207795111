import { ByteReader, ByteWriter } from './bytes.ts';

// What is written of a module that is written anew: its lists, with more at their ends.

/** A 64-bit global that begins at 0 and changes. */
export const i64Global: readonly number[] = [0x7e, 1, 0x42, 0, 0x0b];

/** In the order of the format: data counts stand before code, data behind it. */
const order: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

/** A module with the sections of another one, but for those that are written anew; names and other remarks are left out. */
export function writeModule(
  binary: Uint8Array,
  parts: ReadonlyMap<number, Uint8Array>,
  written: Readonly<Record<number, ByteWriter>>,
): Uint8Array {
  const out = new ByteWriter().bytes(binary.subarray(0, 8));
  for (const id of order) {
    const kept = parts.get(id);
    const content = written[id] ?? (kept && new ByteWriter().bytes(kept));
    if (content) out.bytes([id]).sized(content);
  }
  return out.toBytes();
}

/** How long a section's list is. */
export const countOf = (content: Uint8Array | undefined): number => (content ? new ByteReader(content).unsigned() : 0);

/** How many parameters each type has. */
export function parameterCounts(content: Uint8Array = Uint8Array.of(0)): number[] {
  const reader = new ByteReader(content);
  return Array.from({ length: reader.unsigned() }, () => {
    reader.skip(1);
    const parameters = reader.unsigned();
    reader.skip(parameters);
    reader.skip(reader.unsigned());
    return parameters;
  });
}

/** The type of each function. */
export function functionTypes(content: Uint8Array = Uint8Array.of(0)): number[] {
  const reader = new ByteReader(content);
  return Array.from({ length: reader.unsigned() }, () => reader.unsigned());
}

/** A list with more entries at its end. */
export function extended(content: Uint8Array = Uint8Array.of(0), entries: readonly (readonly number[])[]): ByteWriter {
  const reader = new ByteReader(content);
  const count = reader.unsigned();
  const out = new ByteWriter().unsigned(count + entries.length).bytes(content.subarray(reader.at));
  for (const entry of entries) out.bytes(entry);
  return out;
}

/** The exports with globals at their end, named in their order from `first` on; functions move on by `moved`. */
export function exportGlobals(
  content: Uint8Array = Uint8Array.of(0),
  { first, names, moved }: { readonly first: number; readonly names: readonly string[]; readonly moved: number },
): ByteWriter {
  const reader = new ByteReader(content);
  const count = reader.unsigned();
  const out = new ByteWriter().unsigned(count + names.length);
  for (let i = 0; i < count; i++) {
    const start = reader.at;
    reader.skip(reader.unsigned());
    const kind = reader.byte();
    out.bytes(reader.since(start));
    const index = reader.unsigned();
    out.unsigned(kind === 0 ? index + moved : index);
  }
  for (const [i, name] of names.entries())
    out
      .name(name)
      .bytes([3])
      .unsigned(first + i);
  return out;
}
