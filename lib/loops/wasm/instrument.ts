import { ByteReader, ByteWriter } from './bytes.ts';
import { type AccessSite, type CountedBlock, FunctionRewriter } from './rewrite-function.ts';
import { bodiesOf, sectionIds, sectionsOf } from './sections.ts';

/** A module that counts itself. */
export interface Instrumented {
  readonly binary: Uint8Array;
  /** Stretches of code without a branch; how often each ran is in the exported global `counter(i)`. */
  readonly blocks: readonly CountedBlock[];
  /** Loads and stores: before each runs, `touch(address, site)` is called; `span(to, from, bytes)` for whole ranges, from −1 when they are filled. */
  readonly sites: readonly AccessSite[];
}

/** Name of the exported global of a block. */
export const counter = (block: number): string => `tinylab block ${block}`;

const [functionType, i32, i64] = [0x60, 0x7f, 0x7e];
/** `touch` and `span` are imported, so every function of the module moves on by two. */
const moved = 2;

/**
 * Writes a module anew so that it counts: one counter for each stretch without a branch, from which everything follows that is the same each time it runs, and a
 * call for each access to memory. It computes what it computed before. The module must be one that `assertLoop` lets through.
 */
export function instrument(binary: Uint8Array): Instrumented {
  const parts = sectionsOf(binary);
  const types = parameterCounts(parts.get(sectionIds.type));
  const declared = functionTypes(parts.get(sectionIds.function));
  const globals = countOf(parts.get(sectionIds.global));
  const rewriter = new FunctionRewriter({ moved, firstCounter: globals });
  const code = rewriteCode(
    parts.get(sectionIds.code),
    rewriter,
    declared.map(type => types[type] as number),
  );
  const { blocks, sites } = rewriter;
  const out = new ByteWriter().bytes(binary.subarray(0, 8));
  const written: Readonly<Record<number, () => ByteWriter>> = {
    [sectionIds.type]: () => extended(parts.get(sectionIds.type), [signature(2), signature(3)]),
    [sectionIds.import]: () => withImports(parts.get(sectionIds.import), types.length),
    [sectionIds.global]: () =>
      extended(
        parts.get(sectionIds.global),
        blocks.map(() => [i64, 1, 0x42, 0, 0x0b]),
      ),
    [sectionIds.export]: () => withExports(parts.get(sectionIds.export), { first: globals, count: blocks.length }),
    [sectionIds.code]: () => code,
  };
  // in the order of the format: data counts stand before code, data behind it
  for (const id of [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11]) {
    const make = written[id];
    const kept = parts.get(id);
    if (make) out.bytes([id]).sized(make());
    else if (kept) out.bytes([id]).sized(new ByteWriter().bytes(kept));
  }
  return { binary: out.toBytes(), blocks, sites };
}

const countOf = (content: Uint8Array | undefined): number => (content ? new ByteReader(content).unsigned() : 0);

/** How many parameters each type has. */
function parameterCounts(content: Uint8Array = Uint8Array.of(0)): number[] {
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
function functionTypes(content: Uint8Array = Uint8Array.of(0)): number[] {
  const reader = new ByteReader(content);
  return Array.from({ length: reader.unsigned() }, () => reader.unsigned());
}

/** A type of a function that takes so many i32 and gives nothing back. */
const signature = (parameters: number): number[] => [functionType, parameters, ...new Array<number>(parameters).fill(i32), 0];

/** A list with more entries at its end. */
function extended(content: Uint8Array = Uint8Array.of(0), entries: readonly (readonly number[])[]): ByteWriter {
  const reader = new ByteReader(content);
  const count = reader.unsigned();
  const out = new ByteWriter().unsigned(count + entries.length).bytes(content.subarray(reader.at));
  for (const entry of entries) out.bytes(entry);
  return out;
}

function withImports(content: Uint8Array | undefined, types: number): ByteWriter {
  const entries = ['touch', 'span'].map((name, i) => {
    const entry = new ByteWriter()
      .name('tinylab')
      .name(name)
      .bytes([0])
      .unsigned(types + i);
    return [...entry.toBytes()];
  });
  return extended(content, entries);
}

function withExports(content: Uint8Array = Uint8Array.of(0), counters: { readonly first: number; readonly count: number }): ByteWriter {
  const reader = new ByteReader(content);
  const count = reader.unsigned();
  const out = new ByteWriter().unsigned(count + counters.count);
  for (let i = 0; i < count; i++) {
    const start = reader.at;
    reader.skip(reader.unsigned());
    const kind = reader.byte();
    out.bytes(reader.since(start));
    const index = reader.unsigned();
    out.unsigned(kind === 0 ? index + moved : index);
  }
  for (let i = 0; i < counters.count; i++)
    out
      .name(counter(i))
      .bytes([3])
      .unsigned(counters.first + i);
  return out;
}

function rewriteCode(content: Uint8Array | undefined, rewriter: FunctionRewriter, parameters: readonly number[]): ByteWriter {
  const bodies = bodiesOf(content);
  const out = new ByteWriter().unsigned(bodies.length);
  for (const [i, body] of bodies.entries()) out.sized(rewriter.rewrite(body, parameters[i] as number));
  return out;
}
