import { ByteReader } from './bytes.ts';

/** Numbers of the sections that are looked at. */
export const sectionIds = { type: 1, import: 2, function: 3, global: 6, export: 7, start: 8, code: 10 } as const;

/** Content of each section by its id; names and other remarks are left out. @throws LabError `loops/source` for bytes that are cut off. */
export function sectionsOf(binary: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const reader = new ByteReader(binary, 8);
  const found = new Map<number, Uint8Array>();
  while (!reader.done) {
    const id = reader.byte();
    const size = reader.unsigned();
    const start = reader.at;
    reader.skip(size);
    if (id !== 0) found.set(id, reader.since(start));
  }
  return found;
}

/** The functions of a code section in their order, each with its locals and its code. */
export function bodiesOf(content: Uint8Array = Uint8Array.of(0)): ByteReader[] {
  const reader = new ByteReader(content);
  return Array.from({ length: reader.unsigned() }, () => reader.take(reader.unsigned()));
}

/** Goes over the locals of a function, to its first instruction; how many there are of each type. */
export function readLocals(body: ByteReader): (readonly [count: number, type: number])[] {
  return Array.from({ length: body.unsigned() }, () => [body.unsigned(), body.byte()] as const);
}

/** Number of the function that is offered under a name; undefined when there is none. */
export function exportedFunction(content: Uint8Array = Uint8Array.of(0), name: string): number | undefined {
  const reader = new ByteReader(content);
  for (let count = reader.unsigned(); count > 0; count--) {
    const start = reader.unsigned();
    const from = reader.at;
    reader.skip(start);
    const found = new TextDecoder().decode(reader.since(from));
    const isFunction = reader.byte() === 0;
    const index = reader.unsigned();
    if (isFunction && found === name) return index;
  }
  return undefined;
}
