import { main } from 'assemblyscript/asc';
import { LabError } from '../../tensor/errors.ts';
import type { LoopFunction } from '../loop.ts';
import { answering } from '../thread.ts';
import { type Diagnostic, diagnosticsText } from './diagnostics.ts';
import type { Compiled, CompileRequest } from './messages.ts';
import { prelude } from './prelude.ts';
import { type ParsedSource, signatures } from './signatures.ts';

// A thread of its own: the compiler takes 360 MB and seconds for its first source, and a hostile source may keep it busy for ever.

const ours = 'tinylab.ts';
const theirs = 'loop.ts';

/** Pages of memory of 64 KB: as many as any call may need. The memory itself is made for a call, with just what it needs. */
const flags = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--noExportMemory', '--enable', 'simd', '--disable', 'mutable-globals'],
  ...['--use', 'abort=', '--maximumMemory', '65536'],
];

const errorCategory = 3;
const silent = { write: (): void => {} };

answering<CompileRequest>(async ({ source, text }): Promise<Compiled> => {
  const files: Readonly<Record<string, string>> = { [ours]: prelude, [theirs]: source };
  const written: Record<string, string | Uint8Array> = {};
  const found: Diagnostic[] = [];
  const looked = new Looked();
  const { error } = await main([ours, theirs, ...flags, '--outFile', 'loop.wasm', ...(text ? ['--textFile', 'loop.wat'] : [])], {
    readFile: name => files[name] ?? null,
    writeFile: (name, content) => {
      written[name] = content;
    },
    listFiles: () => [],
    stdout: silent,
    stderr: silent,
    reportDiagnostic: ({ category, code, message, range }) => {
      if ((category as number) !== errorCategory) return;
      const place = range?.source.normalizedPath === theirs ? { start: range.start, end: range.end } : {};
      found.push({ code, message, ...place });
    },
    transforms: [looked as never],
  });
  const binary = written['loop.wasm'];
  if (error || !(binary instanceof Uint8Array)) throw refused(source, found, error);
  if (looked.allocates)
    throw new LabError(
      'loops/source',
      'A loop makes no objects: no `new`, no arrays, no strings.',
      'Keep numbers in variables, and take a scratch array as an argument; memory.data(BYTES) gives a fixed piece of memory.',
    );
  return { binary: binary.slice(), functions: looked.functions, ...(text && { text: String(written['loop.wat']) }) };
});

/** What is seen of a source while it is compiled. */
class Looked {
  functions: readonly LoopFunction[] = [];
  /** Whether anything is made in a heap, which would lie where a call's arrays are. */
  allocates = false;

  afterParse({ sources }: { readonly sources: readonly ParsedSource[] }): void {
    this.functions = signatures(sources, theirs);
  }

  /** The compiler hands over its module of Binaryen, in which a function that is not there is 0. */
  afterCompile(module: { getFunction(name: string): number }): void {
    this.allocates = ['__new', '__alloc'].some(name => module.getFunction(`~lib/rt/stub/${name}`) !== 0);
  }
}

function refused(source: string, found: readonly Diagnostic[], error: Error | null): LabError {
  const what = found.length > 0 ? diagnosticsText(source, found) : `The compiler gave up: ${error?.message ?? 'it wrote nothing'}.`;
  const hint = found.some(({ code }) => code === fileNotFound)
    ? 'A loop imports nothing: write what it needs into the same text.'
    : 'Mend the marked place. Numbers are i32 or f32 here, and <f32>x converts.';
  return new LabError('loops/compile', what, hint);
}

const fileNotFound = 6054;
