import { ByteWriter } from './bytes.ts';
import { countOf, exportGlobals, extended, functionTypes, i64Global, parameterCounts, writeModule } from './module.ts';
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

const [functionType, i32] = [0x60, 0x7f];
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
  const written = writeModule(binary, parts, {
    [sectionIds.type]: extended(parts.get(sectionIds.type), [signature(2), signature(3)]),
    [sectionIds.import]: withImports(parts.get(sectionIds.import), types.length),
    [sectionIds.global]: extended(
      parts.get(sectionIds.global),
      blocks.map(() => i64Global),
    ),
    [sectionIds.export]: exportGlobals(parts.get(sectionIds.export), { first: globals, names: blocks.map((_, i) => counter(i)), moved }),
    [sectionIds.code]: code,
  });
  return { binary: written, blocks, sites };
}

/** A type of a function that takes so many i32 and gives nothing back. */
const signature = (parameters: number): number[] => [functionType, parameters, ...new Array<number>(parameters).fill(i32), 0];

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

function rewriteCode(content: Uint8Array | undefined, rewriter: FunctionRewriter, parameters: readonly number[]): ByteWriter {
  const bodies = bodiesOf(content);
  const out = new ByteWriter().unsigned(bodies.length);
  for (const [i, body] of bodies.entries()) out.sized(rewriter.rewrite(body, parameters[i] as number));
  return out;
}
